// Who pays, and the project pool of each year beside its fund pool.
import type { BoardMoney } from '../api/dashboard';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { wan } from '../works/sums';
import { yuan } from './board';
import { Card } from './Card';
import own from './dashboard.module.css';
import { words } from './words';

export function MoneyCard({ money: m, year }: { money: BoardMoney; year: number }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const all = Math.max(m.cost_yuan, m.shared_yuan, 1);
  const missing = Math.max(0, m.cost_yuan - m.shared_yuan);
  const sources = m.sources.filter((s) => s.shared_yuan > 0);
  const years = m.years.filter((y) => y.need_yuan > 0 || (y.funds_yuan ?? 0) > 0 || y.no_budget);
  return (
    <Card area="money" name={t('money')} aside={<span>{yuan(m.cost_yuan, language)}</span>}>
      <span className={own.stack} data-tall>
        {sources.map((s) => (
          <i
            key={s.source}
            data-source={s.source}
            style={{ width: `${(100 * s.shared_yuan) / all}%` }}
            title={`${t(`source.${s.source}`)} ${yuan(s.shared_yuan, language)}`}
          />
        ))}
      </span>
      <ul className={own.sources}>
        {sources.map((s) => (
          <li key={s.source}>
            <i data-source={s.source} />
            {t(`source.${s.source}`)} <b>{yuan(s.shared_yuan, language)}</b>
          </li>
        ))}
        {missing > 0 && (
          <li className={own.bad}>
            <i data-source="missing" />
            {t('missing')} <b>{yuan(missing, language)}</b>
          </li>
        )}
      </ul>
      <table className={own.moneyTable}>
        <thead>
          <tr>
            <th>{t('pool')}</th>
            <th>{t('need')}</th>
            <th>{t('funds')}</th>
            <th>{t('short')}</th>
          </tr>
        </thead>
        <tbody>
          {years.map((y) => (
            <tr key={y.year} data-now={y.year === year}>
              <th>{y.year}</th>
              <td>{wan(y.need_yuan)}</td>
              <td>
                {y.no_budget && !y.funds_yuan ? (
                  <b className={own.bad}>{t('noBudget')}</b>
                ) : (
                  wan(y.funds_yuan)
                )}
              </td>
              <td className={y.unfunded_yuan > 0 ? own.bad : undefined}>{wan(y.unfunded_yuan)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {m.funds_yuan === null && <p className={own.note}>{t('noFunds')}</p>}
    </Card>
  );
}
