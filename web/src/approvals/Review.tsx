// The joint review of a project: who has spoken, what is open, and where it is about.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type ApprovalFile,
  deleteOpinion,
  type Opinion,
  type OpinionVerdict,
  useOpinions,
} from '../api/approvals';
import { keys } from '../api/queries';
import { useWords } from '../language';
import { moment } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Empty, Failure, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import own from './approvals.module.css';
import { useOpining } from './opining';
import { words } from './words';

const tones: Record<OpinionVerdict, 'okTone' | 'warnTone' | 'badTone'> = {
  agree: 'okTone',
  agree_if: 'warnTone',
  object: 'badTone',
};

export function VerdictBadge({ verdict }: { verdict: OpinionVerdict }) {
  const t = useWords(words);
  return <span className={`${ui.badge} ${ui[tones[verdict]]}`}>{t(`verdict.${verdict}`)}</span>;
}

export function Review({
  code,
  file,
  refused,
}: {
  code: string;
  file: ApprovalFile;
  refused: string | null;
}) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const list = useOpinions(district, code);
  const begin = useOpining((s) => s.begin);
  const { departments, open } = file.review;
  const called = departments.filter((d) => d.called);
  return (
    <section className={own.block} data-testid="approval-review">
      <h3>
        {t('review')}
        <span className={own.tally}>
          <span>
            {t('reviewState', { spoken: called.filter((d) => d.verdict).length, all: called.length, open })}
          </span>
        </span>
        <span className={own.end}>
          <Button
            small
            icon="plus"
            refused={refused}
            onClick={() => begin(code, null)}
            data-testid="opinion-add"
          >
            {t('add')}
          </Button>
        </span>
      </h3>
      <ul className={own.departments}>
        {departments.map((d) => (
          <li key={d.name}>
            <button
              type="button"
              disabled={refused !== null}
              onClick={() => begin(code, null, d.name)}
              data-verdict={d.verdict ?? 'none'}
            >
              {d.name}
              <span>
                {d.verdict ? t(`verdict.${d.verdict}`) : t('silent')}
                {d.open > 0 && ` · ${t('open')}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {list.isPending ? (
        <Waiting rows={3} />
      ) : list.isError ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : list.data.length === 0 ? (
        <Empty icon="file" title={t('noOpinions')}>
          {t('noOpinionsText')}
        </Empty>
      ) : (
        <ul className={own.opinions}>
          {list.data.map((o) => (
            <OpinionRow key={o.id} opinion={o} refused={refused} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** Closes what is over the map and looks at the pin. */
export function showOpinion(o: Opinion): void {
  if (!o.location) return;
  const { open } = useWorkbench.getState();
  open({ mode: 'program', programTab: 'approvals', sheet: null });
  useOpining.getState().choose(o.id);
  useControl.getState().controller?.lookAt(null, o.location);
}

function OpinionRow({ opinion: o, refused }: { opinion: Opinion; refused: string | null }) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const begin = useOpining((s) => s.begin);
  const [asking, setAsking] = useState(false);
  const isOpen = o.verdict !== 'agree' && o.resolved === null;
  const remove = async () => {
    try {
      await deleteOpinion(district, o);
      say(t('removed'));
    } catch (error) {
      say(sentence(error), { bad: true });
    } finally {
      setAsking(false);
      void client.invalidateQueries({ queryKey: keys.approvals(district) });
    }
  };
  return (
    <li data-testid="opinion" data-open={isOpen}>
      <div>
        <strong>{o.department}</strong>
        <VerdictBadge verdict={o.verdict} />
        {isOpen && <span className={own.openMark}>{t('open')}</span>}
        <small>
          {o.by} {moment(o.at)}
        </small>
      </div>
      {o.text && <p>{o.text}</p>}
      {o.resolved && (
        <p className={own.answer}>
          <b>{t('answered')}</b> {o.resolved}
        </p>
      )}
      <div className={own.rowTools}>
        {o.location && (
          <Button small icon="pin" onClick={() => showOpinion(o)} data-testid="opinion-show">
            {t('show')}
          </Button>
        )}
        <Button
          small
          refused={refused}
          onClick={() => begin(o.project, o)}
          data-testid={isOpen ? 'opinion-answer' : 'opinion-edit'}
        >
          {isOpen ? t('answer') : t('edit')}
        </Button>
        <IconButton
          icon="trash"
          small
          label={t('remove')}
          refused={refused}
          onClick={() => setAsking(true)}
          data-testid="opinion-remove"
        />
      </div>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('removeAsk', { department: o.department })}
        foot={
          <>
            <Button onClick={() => setAsking(false)}>{t('cancel')}</Button>
            <Button tone="danger" onClick={() => void remove()} data-testid="opinion-remove-yes">
              {t('remove')}
            </Button>
          </>
        }
      >
        {o.text || t(`verdict.${o.verdict}`)}
      </Dialog>
    </li>
  );
}
