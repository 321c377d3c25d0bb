// Takes an import back as a whole. Rows that somebody worked on since are listed
// first: either they stay and the rest goes, or nothing happens.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type ImportDone, undoImport } from '../api/imports';
import type { Job } from '../api/nouns';
import { keys } from '../api/queries';
import { useWords } from '../language';
import { count, moment } from '../language/format';
import { useControl } from '../map/control';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { changedIn, undoReport } from './changes';
import css from './data.module.css';
import { isFinal, useJob } from './useJob';
import { words } from './words';

/** The button, or who took the import back and when. */
export function UndoImport({ done }: { done: ImportDone | undefined }) {
  const t = useWords(words);
  const [asking, setAsking] = useState(false);
  if (!done) return null;
  if (done.undone_at)
    return (
      <p className={ui.hint} data-testid="import-undone">
        {t('undoneBy', { who: done.undone_by || '—', when: moment(done.undone_at) })}
        {done.kept > 0 && t('undoneKept', { n: count(done.kept) })}
      </p>
    );
  if (!done.undoable) return null;
  return (
    <>
      <div>
        <Button icon="undo" onClick={() => setAsking(true)} data-testid="import-undo">
          {t('undo')}
        </Button>
      </div>
      {asking && <UndoDialog done={done} onClose={() => setAsking(false)} />}
    </>
  );
}

function UndoDialog({ done, onClose }: { done: ImportDone; onClose: () => void }) {
  const t = useWords(words);
  const sentence = useSentence();
  const [asked, setAsked] = useState<Job | null>(null);
  const [ended, setEnded] = useState<Job | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const refresh = useRefresh(done.district);
  const busy = asked !== null && ended === null;
  const undo = async (keepChanged: boolean) => {
    setFault(null);
    setEnded(null);
    try {
      setAsked(await undoImport(done.id, keepChanged));
    } catch (error) {
      setAsked(null);
      setFault(sentence(error));
    }
  };
  const end = (job: Job) => {
    const report = undoReport(job);
    if (job.state === 'done') {
      refresh();
      say(t('undoDone', { removed: count(report?.removed ?? 0), restored: count(report?.restored ?? 0) }));
      onClose();
    } else {
      setEnded(job);
      setFault(job.error || t(`state.${job.state}`));
    }
  };
  const left = ended ? (undoReport(ended)?.left ?? []) : [];
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('undoTitle')}
      width={left.length > 0 ? 640 : 460}
      testId="undo-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          {left.length > 0 ? (
            <Button
              tone="danger"
              disabled={busy}
              onClick={() => void undo(true)}
              data-testid="undo-keep-changed"
            >
              {t('undoKeep')}
            </Button>
          ) : (
            <Button tone="danger" disabled={busy} onClick={() => void undo(false)} data-testid="undo-yes">
              {busy ? t('undoing') : t('undo')}
            </Button>
          )}
        </>
      }
    >
      <p>
        <strong>{done.title}</strong>
        <br />
        <span className={ui.hint}>{t('by', { who: done.by || '—', when: moment(done.at) })}</span>
      </p>
      <Changes done={done} />
      {left.length === 0 && <p className={ui.hint}>{t('undoText')}</p>}
      {busy && asked && <Undoing key={asked.id} job={asked} onEnd={end} />}
      {fault && <Notice tone={left.length > 0 ? 'warn' : 'bad'}>{fault}</Notice>}
      {left.length > 0 && (
        <div className={css.listBox}>
          <table className={css.list} data-testid="undo-left">
            <tbody>
              {left.map((l) => (
                <tr key={`${l.table} ${l.code}`}>
                  <td>{l.name || l.code}</td>
                  <td>{l.reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Dialog>
  );
}

function Undoing({ job: initial, onEnd }: { job: Job; onEnd: (job: Job) => void }) {
  const t = useWords(words);
  const { job, lost } = useJob(initial);
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, when the job ends
  useEffect(() => {
    if (isFinal(job.state)) onEnd(job);
  }, [job.state]);
  return (
    <>
      <div className={`${ui.bar} ${ui.barMoving}`} role="progressbar" aria-label={job.title}>
        <i />
      </div>
      {lost && <Notice tone="warn">{t('lost')}</Notice>}
    </>
  );
}

/** Everything that an import may have changed is asked anew. */
function useRefresh(district: string): () => void {
  const client = useQueryClient();
  return () => {
    for (const key of [keys.districts, keys.district(district)])
      void client.invalidateQueries({ queryKey: key });
    const controller = useControl.getState().controller;
    for (const layer of ['communities', 'buildings', 'facilities', 'zones']) controller?.refresh(layer);
  };
}

/** What an import changed, in one line. */
export function Changes({ done }: { done: ImportDone }) {
  const t = useWords(words);
  const parts = changedIn(done).map(({ table, added, changed }) =>
    [
      tableWord(table) ? t(`table.${tableWord(table)}` as keyof typeof words) : table,
      added > 0 && t('addedN', { n: count(added) }),
      changed > 0 && t('changedN', { n: count(changed) }),
    ]
      .filter(Boolean)
      .join(' '),
  );
  return <span className={ui.hint}>{parts.join(' · ') || t('changedNothing')}</span>;
}

const tableWord = (table: string) => (`table.${table}` in words ? table : '');
