// Takes an import back as a whole. Rows that somebody worked on since are listed
// first: either they stay and the rest goes, or nothing happens.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ImportDone, type UndoReport, undoImport } from '../api/imports';
import { keys } from '../api/queries';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { count, moment } from '../language/format';
import { useControl } from '../map/control';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { changedIn, keptRows } from './changes';
import css from './data.module.css';
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
  const client = useQueryClient();
  const sentence = useSentence();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [left, setLeft] = useState<NonNullable<UndoReport['left']> | null>(null);
  const undo = async (keepChanged: boolean) => {
    setBusy(true);
    setFault(null);
    try {
      const report = await undoImport(done.id, keepChanged);
      for (const key of [keys.districts, keys.district(done.district)])
        void client.invalidateQueries({ queryKey: key });
      useControl.getState().controller?.refresh('');
      say(t('undoDone', { removed: count(report.removed), restored: count(report.restored) }));
      onClose();
    } catch (error) {
      const kept = error instanceof Problem ? keptRows(error) : null;
      if (kept) setLeft(kept);
      setFault(sentence(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('undoTitle')}
      width={left ? 640 : 460}
      testId="undo-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          {left ? (
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
      {!left && <p className={ui.hint}>{t('undoText')}</p>}
      {fault && <Notice tone={left ? 'warn' : 'bad'}>{fault}</Notice>}
      {left && left.length > 0 && (
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
