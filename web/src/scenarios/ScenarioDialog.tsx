// 方案: every scenario of the district with its totals on the left, the chosen
// one's name, note and rules on the right.
import { useState } from 'react';
import type { Scenario } from '../api/nouns';
import { useSession } from '../api/queries';
import { useScenarios } from '../api/scenarios';
import { useWords } from '../language';
import { count, floorArea } from '../language/format';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Empty, Failure, Notice, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import { ScenarioForm } from './ScenarioForm';
import css from './scenarios.module.css';
import { useScenario } from './useScenario';
import { useScenarioActions } from './useScenarioActions';
import { words } from './words';

export default function ScenarioDialog({ onClose }: { onClose: () => void }) {
  const t = useWords(words);
  const sentence = useSentence();
  const district = useWorkbench((s) => s.district);
  const language = useWorkbench((s) => s.language);
  const session = useSession();
  const list = useScenarios(district);
  const worked = useScenario();
  const actions = useScenarioActions();
  const [chosen, setChosen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [dirty, setDirty] = useState(false);
  /** What waits for the person to let unsaved changes go. */
  const [pending, setPending] = useState<(() => void) | null>(null);
  const refused = may(session.data, 'draw.zone') ? null : t('noRight');
  const all = list.data ?? [];
  const shown = all.find((s) => s.code === chosen) ?? worked ?? all[0] ?? null;

  const leave = (next: () => void) => (dirty ? setPending(() => next) : next());
  const begin = async (name: string, of?: Scenario) => {
    setBusy(true);
    setFault(null);
    try {
      const made = await actions.create({ name, note: of?.note ?? '', ...(of ? { copy_of: of.code } : {}) });
      setChosen(made.code);
      say(t('saved', { name: made.name }));
    } catch (error) {
      setFault(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={() => leave(onClose)}
      title={t('scenarios')}
      width={940}
      testId="scenario-dialog"
      foot={
        <>
          {fault && <span className={css.fault}>{fault}</span>}
          <Button
            icon="plus"
            refused={refused}
            disabled={busy}
            onClick={() => leave(() => void begin(free(t('newName', { n: '{n}' }), all)))}
            data-testid="scenario-create"
          >
            {t('create')}
          </Button>
          <Button onClick={() => leave(onClose)} data-testid="scenario-close">
            {t('close')}
          </Button>
        </>
      }
    >
      {list.isPending ? (
        <Waiting rows={6} />
      ) : list.isError ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : all.length === 0 ? (
        <Empty icon="scenarios" title={t('emptyTitle')} />
      ) : (
        <div className={css.desk}>
          <div className={css.list} data-testid="scenario-list">
            {all.map((s) => (
              <button
                key={s.code}
                type="button"
                className={css.item}
                aria-current={s.code === shown?.code}
                onClick={() => s.code !== shown?.code && leave(() => setChosen(s.code))}
                data-testid="scenario-item"
                data-code={s.code}
              >
                <span className={css.itemName}>
                  <span>{s.name}</span>
                  {s.main && <em>{t('main')}</em>}
                  {s.code === worked?.code && <i>{t('opened')}</i>}
                </span>
                <span className={css.itemFacts}>
                  <span>
                    {t('zones')} {count(s.zones)}
                  </span>
                  <span>
                    {t('communities')} {count(s.totals.communities)}
                  </span>
                  <span>
                    {t('households')} {count(s.totals.households)}
                  </span>
                  <span>{floorArea(s.totals.floor_area_m2, language)}</span>
                </span>
              </button>
            ))}
          </div>
          {shown && (
            <ScenarioForm
              key={shown.code}
              scenario={shown}
              refused={refused}
              worked={shown.code === worked?.code}
              onCopy={() => leave(() => void begin(free(t('copyName', { name: shown.name }), all), shown))}
              onGone={() => setChosen(null)}
              onClose={() => leave(onClose)}
              onDirty={setDirty}
            />
          )}
        </div>
      )}
      {refused && <Notice>{refused}</Notice>}
      <Dialog
        open={pending !== null}
        onClose={() => setPending(null)}
        title={t('discardTitle')}
        width={380}
        testId="scenario-discard-dialog"
        foot={
          <>
            <Button onClick={() => setPending(null)}>{t('cancel')}</Button>
            <Button
              tone="danger"
              onClick={() => {
                setPending(null);
                pending?.();
              }}
              data-testid="scenario-discard"
            >
              {t('discard')}
            </Button>
          </>
        }
      >
        {t('discardText', { name: shown?.name ?? '' })}
      </Dialog>
    </Dialog>
  );
}

/** A name that no scenario has: "{n}" in the pattern counts up, else a number follows. */
function free(pattern: string, all: readonly Scenario[]): string {
  const taken = new Set(all.map((s) => s.name));
  for (let n = pattern.includes('{n}') ? all.length : 1; ; n++) {
    const name = pattern.includes('{n}')
      ? pattern.replace('{n}', String(n))
      : n === 1
        ? pattern
        : `${pattern} ${n}`;
    if (!taken.has(name)) return name;
  }
}
