// The calculator of residents' shares: parts by household, by floor area, or by floor for a lift, with relief by count.
import { useEffect, useState } from 'react';
import * as api from '../api/works';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Notice, useSentence } from '../ui/State';
import { ApportionTable } from './ApportionTable';
import { communityPart, liftPart, type PartDraft, readParts } from './apportionment';
import { fen, wan, yuan } from './sums';
import { words } from './words';
import css from './works.module.css';

const FLOORS = 6;
const PER_FLOOR = 2;

export function Apportion({
  district,
  money,
  parts,
  mayEdit,
  onChange,
  onShare,
}: {
  district: string;
  money: api.Money;
  parts: readonly PartDraft[];
  mayEdit: boolean;
  onChange: (parts: readonly PartDraft[]) => void;
  onShare: (yuan: number) => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const read = readParts(parts);
  const asked = useLater(mayEdit && read && read.parts.length > 0 ? read : null, 250);
  const answer = api.useApportioned(district, money.project, asked);
  const split = mayEdit ? (asked ? answer.data : undefined) : (money.apportioned ?? undefined);
  const residents = money.sources.find((s) => s.source === 'residents');
  const add = (part: PartDraft) => onChange([...parts, part]);
  return (
    <section className={css.section} data-testid="apportion">
      <h3>
        {t('apportion')}
        {money.rules.map((r) => (
          <small key={r.text} className={css.quiet}>
            {r.text}
            {r.clause && <span className={css.clause}>{r.clause}</span>}
          </small>
        ))}
      </h3>
      {money.masked ? (
        <p className={css.quiet}>{t('masked')}</p>
      ) : (
        <>
          <p className={css.quiet}>{t('apportionText')}</p>
          {mayEdit && (
            <div className={css.tools}>
              <Button
                small
                icon="plus"
                onClick={() => add(liftPart(t('addLift'), FLOORS, PER_FLOOR, (n) => t('floor', { n })))}
                data-testid="apportion-lift"
              >
                {t('addLift')}
              </Button>
              {(['household', 'area'] as const).map((basis) => (
                <Button
                  key={basis}
                  small
                  icon="plus"
                  onClick={() =>
                    add(
                      communityPart(
                        t(basis === 'area' ? 'addArea' : 'addHousehold'),
                        basis,
                        money.communities,
                      ),
                    )
                  }
                  data-testid={`apportion-${basis}`}
                >
                  {t(basis === 'area' ? 'addArea' : 'addHousehold')}
                </Button>
              ))}
            </div>
          )}
          {answer.isError && asked && <Notice tone="bad">{sentence(answer.error)}</Notice>}
          {parts.map((part, i) => (
            <ApportionTable
              // A part is the one at its place: its name changes while it is typed.
              key={`part-${i.toString()}`}
              at={i}
              part={part}
              answer={split?.parts[i]}
              mayEdit={mayEdit}
              onChange={(next) => onChange(parts.map((p, k) => (k === i ? next : p)))}
              onRemove={() => onChange(parts.filter((_, k) => k !== i))}
            />
          ))}
          {split && parts.length > 0 && (
            <p className={css.splitTotal} data-testid="apportion-total">
              <strong>{t('residentsTotal', { amount: `${yuan(split.residents_yuan)} 元` })}</strong>
              {split.budget_yuan > 0 && (
                <span>{t('budgetTotal', { amount: `${yuan(split.budget_yuan)} 元` })}</span>
              )}
              {mayEdit && residents && fen(residents.amount_yuan) !== fen(split.residents_yuan) && (
                <Button small onClick={() => onShare(split.residents_yuan)} data-testid="apportion-to-share">
                  {t('toShare')}（{wan(split.residents_yuan)}）
                </Button>
              )}
            </p>
          )}
        </>
      )}
    </section>
  );
}

function useLater<V>(value: V, ms: number): V {
  const [late, setLate] = useState(value);
  const key = JSON.stringify(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same figures are the same question, whoever holds them
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), ms);
    return () => clearTimeout(timer);
  }, [key, ms]);
  return late;
}
