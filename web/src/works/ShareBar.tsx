// The cost as a bar: which part each source pays, and what is still open.
import type { Money } from '../api/works';
import { useWords } from '../language';
import { share } from '../language/format';
import { wan } from './sums';
import { words } from './words';
import css from './works.module.css';

export function ShareBar({
  money,
  figures,
  remaining,
}: {
  money: Money;
  figures: ReadonlyMap<string, number | null | undefined>;
  remaining: number;
}) {
  const t = useWords(words);
  const basis = money.basis_yuan;
  if (basis <= 0) return null;
  const paid = money.sources.flatMap((s) => {
    const amount = figures.get(s.source) ?? 0;
    return amount > 0 ? [{ ...s, amount }] : [];
  });
  const whole = Math.max(
    basis,
    paid.reduce((all, s) => all + s.amount, 0),
  );
  return (
    <div className={css.bar}>
      <div
        className={css.track}
        role="img"
        aria-label={paid.map((s) => `${s.name} ${share(s.amount, basis)}`).join('，')}
      >
        {paid.map((s) => (
          <span
            key={s.source}
            data-source={s.source}
            style={{ width: `${(100 * s.amount) / whole}%` }}
            title={`${s.name} ${wan(s.amount)} · ${share(s.amount, basis)}`}
          />
        ))}
        {remaining > 0 && (
          <span
            data-source="open"
            style={{ width: `${(100 * remaining) / whole}%` }}
            title={wan(remaining)}
          />
        )}
      </div>
      <ul className={css.key}>
        {paid.map((s) => (
          <li key={s.source}>
            <i data-source={s.source} /> {s.name} {share(s.amount, basis)}
          </li>
        ))}
        <li data-testid="money-remaining" data-over={remaining < 0 || undefined}>
          <i data-source="open" />
          {remaining === 0
            ? t('even')
            : `${t(remaining > 0 ? 'remaining' : 'over')} ${wan(Math.abs(remaining))}`}
        </li>
      </ul>
    </div>
  );
}
