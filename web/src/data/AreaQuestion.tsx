// What a ledger's areas are in, where they make no sense as they are: both ways
// of reading side by side, and the person decides.
import { useState } from 'react';
import type { AreaUnit, ImportQuestion } from '../api/nouns';
import { useWords } from '../language';
import { count } from '../language/format';
import { Button } from '../ui/Button';
import { Notice, useSentence } from '../ui/State';
import css from './data.module.css';
import { words } from './words';

const figure = (v: number) => v.toLocaleString('zh-CN', { maximumFractionDigits: 4 });

export function AreaQuestion({
  question: q,
  onAnswer,
}: {
  question: ImportQuestion;
  onAnswer: ((unit: AreaUnit) => Promise<void>) | null;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const name = (unit: AreaUnit) => t(`areaUnit.${unit}`);
  const answer = async (unit: AreaUnit) => {
    setBusy(true);
    setFault(null);
    try {
      await onAnswer?.(unit);
    } catch (error) {
      setFault(sentence(error));
      setBusy(false);
    }
  };
  return (
    <section data-testid="area-question" className={css.question}>
      <Notice tone="warn">
        <strong>{t('questionTitle')}</strong>
        <div>{q.text}</div>
      </Notice>
      <table className={css.list}>
        <thead>
          <tr>
            <th>{t('row')}</th>
            <th>{t('communities')}</th>
            <th>{t('value')}</th>
            {[q.read_as, q.proposed].map((unit) => (
              <th key={unit}>{t('asRead', { unit: name(unit) })}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {q.examples.map((e) => (
            <tr key={e.row}>
              <td>{e.row}</td>
              <td>{e.name}</td>
              <td>{e.value}</td>
              <td>
                {figure(e.as_read_m2)} m²
                {e.per_household_m2 > 0 && `，${t('perHousehold')} ${figure(e.per_household_m2)} m²`}
              </td>
              <td>
                {count(e.as_proposed_m2)} m²
                {e.proposed_per_household_m2 > 0 &&
                  `，${t('perHousehold')} ${figure(e.proposed_per_household_m2)} m²`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {fault && <Notice tone="bad">{fault}</Notice>}
      {onAnswer ? (
        <div className={css.links}>
          <Button
            tone="primary"
            disabled={busy}
            onClick={() => void answer(q.proposed)}
            data-testid="area-proposed"
          >
            {t('takeAs', { unit: name(q.proposed) })}
          </Button>
          <Button disabled={busy} onClick={() => void answer(q.read_as)} data-testid="area-as-read">
            {t('takeAs', { unit: name(q.read_as) })}
          </Button>
        </div>
      ) : (
        <Notice>{t('fileGone')}</Notice>
      )}
    </section>
  );
}
