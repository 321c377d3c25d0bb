// The proposed facilities of the scenario that is worked on.
import { useMutation } from '@tanstack/react-query';
import type { Proposed } from '../api/nouns';
import { useSession } from '../api/queries';
import { Problem } from '../api/request';
import { useProposed } from '../api/sites';
import { useTypeName } from '../coverage/useTypeName';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count } from '../language/format';
import { useControl } from '../map/control';
import { may } from '../people/capability';
import { useScenario } from '../scenarios/useScenario';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { Failure, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import own from './sites.module.css';
import { useProposing } from './useProposing';
import { words } from './words';

export function ProposedList() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const scenario = useScenario();
  const list = useProposed(district, scenario?.code ?? null);
  if (!scenario) return null;
  return (
    <div className={css.section} data-testid="proposed-list">
      <h3>
        {t('proposed')}
        <span className={ui.hint}>
          {t('proposedOf', { name: scenario.name })}
          {list.data && ` · ${count(list.data.length)}`}
        </span>
      </h3>
      {list.isPending ? (
        <Waiting rows={2} />
      ) : list.isError ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : list.data.length === 0 ? (
        <p className={ui.hint}>
          {t('noProposed')} {t('noProposedText')}
        </p>
      ) : (
        <div>
          {list.data.map((p) => (
            <Row key={p.code} proposed={p} />
          ))}
        </div>
      )}
    </div>
  );
}

function Row({ proposed: p }: { proposed: Proposed }) {
  const t = useWords(words);
  const sentence = useSentence();
  const session = useSession();
  const open = useWorkbench((s) => s.open);
  const shown = useWorkbench((s) => s.siting);
  const typeName = useTypeName();
  const { withdraw } = useProposing();
  const name = p.name || p.facility_name;
  const refusal = (error: unknown): string => {
    if (!(error instanceof Problem)) return sentence(error);
    if (error.conflict) return t('withdrawConflict', { name });
    return error.status === 404 ? t('withdrawGone', { name }) : sentence(error);
  };
  const go = useMutation({
    mutationFn: () => withdraw(p),
    onError: (error) => say(refusal(error), { bad: true }),
  });
  return (
    <div className={own.proposed} data-testid="proposed" data-code={p.code}>
      <i />
      <div>
        <strong>{name}</strong>
        <span>
          {typeName(p)}
          {p.capacity !== null && ` · ${t('capacityOf', { n: count(p.capacity) })}`}
        </span>
        {p.note && <span>{p.note}</span>}
        {p.siting && p.siting !== shown && (
          <Button
            small
            tone="ghost"
            icon="link"
            className={own.inRow}
            onClick={() => open({ mode: 'coverage', tab: 'sites', siting: p.siting })}
            data-testid="proposed-siting"
          >
            {t('fromSiting')}
          </Button>
        )}
      </div>
      <IconButton
        icon="locate"
        small
        label={t('locate')}
        onClick={() => useControl.getState().controller?.lookAt(null, p.location)}
        data-testid="proposed-locate"
      />
      <IconButton
        icon="trash"
        small
        label={t('withdraw')}
        refused={may(session.data, 'draw.zone') ? null : t('noDraw')}
        disabled={go.isPending}
        onClick={() => go.mutate()}
        data-testid="proposed-withdraw"
      />
    </div>
  );
}
