// Two people changed the settings: both side by side, and the person chooses.
import { useState } from 'react';
import type { PhaseSettings, PhaseStored } from '../api/nouns';
import { useWords } from '../language';
import { moment } from '../language/format';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import css from './phases.module.css';
import { draftOf } from './settings';
import { words } from './words';

export function SettingsConflict({
  mine,
  theirs,
  onClose,
  onMine,
  onTheirs,
}: {
  mine: PhaseSettings;
  theirs: PhaseStored;
  onClose: () => void;
  onMine: () => Promise<void>;
  onTheirs: () => void;
}) {
  const t = useWords(words);
  const [busy, setBusy] = useState(false);
  const facts = (s: PhaseSettings): Map<string, string> => {
    const d = draftOf(s);
    return new Map([
      ...d.years.map((y): [string, string] => [
        y.year,
        [y.budget || '—', y.communities || '—', y.area || '—'].join(' / '),
      ]),
      [t('discount'), d.discount],
      [t('continuation'), d.continuation],
      [t('consent'), d.consent],
      [t('unready'), d.unready || '—'],
    ]);
  };
  const here = facts(mine);
  const there = facts(theirs.settings);
  const who = theirs.updated_by || t('someone');
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('conflictTitle', { who })}
      width={540}
      testId="phases-conflict"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button onClick={onTheirs} data-testid="conflict-theirs">
            {t('keepTheirs')}
          </Button>
          <Button
            tone="primary"
            disabled={busy}
            onClick={() => {
              setBusy(true);
              void onMine().finally(() => setBusy(false));
            }}
            data-testid="conflict-mine"
          >
            {t('keepMine')}
          </Button>
        </>
      }
    >
      <p>{t('conflictText')}</p>
      <table className={css.versions}>
        <thead>
          <tr>
            <th>
              {t('year')}
              <small>{[t('budget'), t('communities'), t('area')].join(' / ')}</small>
            </th>
            <th>{t('mine')}</th>
            <th>
              {t('theirs')}
              <small>{t('by', { who, when: moment(theirs.updated_at) })}</small>
            </th>
          </tr>
        </thead>
        <tbody>
          {[...new Set([...here.keys(), ...there.keys()])].toSorted().map((label) => (
            <tr key={label} data-differs={here.get(label) !== there.get(label)}>
              <th scope="row">{label}</th>
              <td>{here.get(label) ?? '—'}</td>
              <td>{there.get(label) ?? '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
