import { useState } from 'react';
import type { Community } from '../api/nouns';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Notice, useSentence } from '../ui/State';
import { type FieldKey, factOf, fields, type Patch, read, sameValue } from './fields';
import own from './registry.module.css';
import { words } from './words';

/** Someone saved first: for each field of mine that differs now, the person chooses. */
export function CommunityConflict({
  theirs,
  change,
  onClose,
  onTheirs,
  onSave,
}: {
  theirs: Community;
  change: Patch;
  onClose: () => void;
  onTheirs: () => void;
  onSave: (chosen: Patch) => Promise<void>;
}) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const sentence = useSentence();
  const [mine, setMine] = useState<Partial<Record<FieldKey, boolean>>>({});
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const rows = fields.filter(
    (f) => f.key in change && !sameValue(change[f.key] ?? null, factOf(theirs, f.key)),
  );
  const save = async () => {
    const chosen: Patch = {};
    for (const f of rows) if (mine[f.key] !== false) chosen[f.key] = change[f.key] ?? null;
    setBusy(true);
    try {
      await onSave(chosen);
    } catch (error) {
      setFault(sentence(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('conflictTitle')}
      width={600}
      testId="conflict-dialog"
      foot={
        <>
          <Button onClick={onTheirs} disabled={busy} data-testid="conflict-theirs">
            {t('takeTheirs')}
          </Button>
          <Button tone="primary" onClick={() => void save()} disabled={busy} data-testid="conflict-save">
            {t('saveChoice')}
          </Button>
        </>
      }
    >
      <p>{t('conflictText', { version: theirs.version })}</p>
      <table className={own.compare}>
        <thead>
          <tr>
            <th>{t('field')}</th>
            <th>{t('mine')}</th>
            <th>{t('theirs')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((f) => (
            <tr key={f.key}>
              <td>{t(f.label)}</td>
              {([true, false] as const).map((isMine) => (
                <td key={String(isMine)}>
                  <label className={own.choice}>
                    <input
                      type="radio"
                      name={f.key}
                      checked={(mine[f.key] ?? true) === isMine}
                      onChange={() => setMine((m) => ({ ...m, [f.key]: isMine }))}
                    />
                    {read(f, isMine ? (change[f.key] ?? null) : factOf(theirs, f.key), t, language)}
                  </label>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {fault && <Notice tone="bad">{fault}</Notice>}
    </Dialog>
  );
}
