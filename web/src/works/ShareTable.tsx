// The sources as a table: what the rules suggest, what each pays, and what the pool has given.
import type { Money } from '../api/works';
import { useWords } from '../language';
import { share } from '../language/format';
import { Button } from '../ui/Button';
import { Tip } from '../ui/Tip';
import ui from '../ui/ui.module.css';
import { figure, sum, typed, yuan } from './sums';
import { words } from './words';
import css from './works.module.css';

/** What is typed of one source's share. */
export interface ShareText {
  amount: string;
  note: string;
}

export function ShareTable({
  money,
  draft,
  remaining,
  mayEdit,
  onChange,
}: {
  money: Money;
  draft: ReadonlyMap<string, ShareText>;
  remaining: number;
  mayEdit: boolean;
  onChange: (source: string, change: Partial<ShareText>) => void;
}) {
  const t = useWords(words);
  const basis = t(
    money.basis === 'items' ? 'basis' : money.basis === 'estimate' ? 'basisEstimate' : 'basisNone',
  );
  return (
    <table className={css.shares}>
      <thead>
        <tr>
          <th>{t('sourceName')}</th>
          <th className={css.amount}>{t('suggestedYuan')}</th>
          <th className={css.wide}>{t('amount')}</th>
          <th className={css.figure}>{t('shareOf')}</th>
          <th className={css.amount}>{t('allocated')}</th>
          <th>{t('note')}</th>
        </tr>
      </thead>
      <tbody>
        {money.sources.map((s) => {
          const text = draft.get(s.source) ?? { amount: '', note: '' };
          const amount = figure(text.amount);
          return (
            <tr key={s.source}>
              <th scope="row">
                {s.name}
                <Tip text={s.means.join('、') || s.name}>
                  <span className={css.clause}>{s.clause}</span>
                </Tip>
              </th>
              <td className={css.amount}>
                {s.suggested_yuan !== null && s.suggested_yuan > 0 && (
                  <span className={css.suggestion}>
                    <Tip text={`${s.why}（${s.clause}）：${s.items.map((n) => `第${n}项`).join('、')}`}>
                      <span>
                        {s.may ? t('atMost', { amount: yuan(s.suggested_yuan) }) : yuan(s.suggested_yuan)}
                      </span>
                    </Tip>
                    {mayEdit && !s.may && amount !== s.suggested_yuan && (
                      <Button
                        small
                        tone="ghost"
                        onClick={() => onChange(s.source, { amount: typed(s.suggested_yuan) })}
                        data-testid={`money-take-${s.source}`}
                      >
                        {t('take')}
                      </Button>
                    )}
                  </span>
                )}
              </td>
              <td className={css.wide}>
                <span className={css.suggestion}>
                  <input
                    className={ui.input}
                    inputMode="decimal"
                    value={text.amount}
                    readOnly={!mayEdit}
                    aria-label={`${s.name} ${t('amount')}`}
                    aria-invalid={amount === undefined || undefined}
                    onChange={(e) => onChange(s.source, { amount: e.target.value })}
                    data-testid={`money-amount-${s.source}`}
                  />
                  {mayEdit && remaining > 0 && amount !== undefined && (
                    <Button
                      small
                      tone="ghost"
                      icon="plus"
                      title={t('rest')}
                      aria-label={`${s.name} ${t('rest')}`}
                      onClick={() => onChange(s.source, { amount: typed(sum([amount ?? 0, remaining])) })}
                      data-testid={`money-rest-${s.source}`}
                    />
                  )}
                </span>
              </td>
              <td className={css.figure}>{amount ? share(amount, money.basis_yuan) : '—'}</td>
              <td className={css.amount}>{s.allocated_yuan > 0 ? yuan(s.allocated_yuan) : '—'}</td>
              <td>
                <input
                  className={ui.input}
                  value={text.note}
                  readOnly={!mayEdit}
                  aria-label={`${s.name} ${t('note')}`}
                  onChange={(e) => onChange(s.source, { note: e.target.value })}
                />
              </td>
            </tr>
          );
        })}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{t('total')}</th>
          <td />
          <td className={css.wide} data-testid="money-total">
            {yuan(sum([money.basis_yuan, -remaining]))}
          </td>
          <td className={css.figure}>{share(money.basis_yuan - remaining, money.basis_yuan)}</td>
          <td className={css.amount}>{yuan(money.allocated_yuan)}</td>
          <td>
            {basis} {yuan(money.basis_yuan)}
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
