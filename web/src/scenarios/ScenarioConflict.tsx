// Two people changed the same scenario: both versions side by side, and the
// person chooses. Nothing is overwritten without being seen.
import { useState } from 'react';
import type { Rules, Scenario } from '../api/nouns';
import { useWords } from '../language';
import { count, moment } from '../language/format';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Notice, useSentence } from '../ui/State';
import { barriers } from './rules';
import css from './scenarios.module.css';
import { words } from './words';

/** What a person wants a scenario to be. */
export interface ScenarioEdit {
  name: string;
  note: string;
  rules: Rules;
}

export function ScenarioConflict({
  mine,
  theirs,
  onClose,
  onMine,
  onTheirs,
}: {
  mine: ScenarioEdit;
  theirs: Scenario;
  onClose: () => void;
  onMine: () => Promise<void>;
  onTheirs: () => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const facts = (name: string, note: string, r: Rules): [string, string][] => [
    [t('name'), name],
    [t('note'), note || '—'],
    [t('gap'), count(r.max_gap_m)],
    [t('walk'), count(r.max_walk_m)],
    ...barriers.map((b): [string, string] => [t(`barrier.${b}`), t(`crossing.${r.barriers[b]}`)]),
    [t('perHousehold'), count(r.cost.per_household_yuan)],
    [t('perFloorArea'), count(r.cost.per_floor_area_yuan)],
  ];
  const here = facts(mine.name, mine.note, mine.rules);
  const there = facts(theirs.name, theirs.note, theirs.rules);
  const who = theirs.updated_by || t('someone');
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('conflictTitle', { who })}
      width={560}
      testId="scenario-conflict"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            onClick={() => {
              onTheirs();
              onClose();
            }}
            data-testid="conflict-theirs"
          >
            {t('keepTheirs')}
          </Button>
          <Button
            tone="primary"
            disabled={busy}
            onClick={() => {
              setBusy(true);
              setFault(null);
              onMine()
                .then(onClose, (error) => setFault(sentence(error)))
                .finally(() => setBusy(false));
            }}
            data-testid="conflict-mine"
          >
            {t('keepMine')}
          </Button>
        </>
      }
    >
      <p className={css.lead}>{t('conflictText', { version: theirs.version })}</p>
      <table className={css.versions}>
        <thead>
          <tr>
            <th>{t('field')}</th>
            <th>{t('mine')}</th>
            <th>
              {t('theirs')}
              <small>{t('by', { who, when: moment(theirs.updated_at) })}</small>
            </th>
          </tr>
        </thead>
        <tbody>
          {here.map(([label, value], i) => {
            const other = there[i]?.[1] ?? '';
            return (
              <tr key={label} data-differs={value !== other}>
                <th scope="row">{label}</th>
                <td>{value}</td>
                <td>{other}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {fault && <Notice tone="bad">{fault}</Notice>}
    </Dialog>
  );
}
