// The fund pool beside the project pool: years, and of one its budget, funds and projects.
import { useState } from 'react';
import { useSession } from '../api/queries';
import * as api from '../api/works';
import frame from '../frame/frame.module.css';
import { useWords } from '../language';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { DemoMark, Empty, Failure, Notice, Waiting } from '../ui/State';
import { BudgetDialog } from './BudgetDialog';
import { FundDialog } from './FundDialog';
import { MatchDialog } from './MatchDialog';
import { wan } from './sums';
import { words } from './words';
import css from './works.module.css';

export default function FundsPanel() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const chosen = useWorkbench((s) => s.year);
  const setYear = useWorkbench((s) => s.setYear);
  const years = api.useFundPool(district, null);
  const list = years.data?.years ?? [];
  const year = list.find((y) => y.year === chosen)?.year ?? firstOf(list);
  const pool = api.useFundPool(district, year);
  if (years.isError) return <Failure error={years.error} retry={() => void years.refetch()} />;
  if (!years.data) return <Waiting rows={8} />;
  const shown = pool.data?.year?.year === year ? pool.data.year : null;
  return (
    <div className={frame.scroll} data-testid="funds">
      <section className={css.years} aria-label={t('years')}>
        {list.length === 0 && <Empty icon="program" title={t('noYears')} />}
        {list.map((y) => (
          <YearRow key={y.year} year={y} current={y.year === year} onChoose={() => setYear(y.year)} />
        ))}
      </section>
      {pool.isError && <Failure error={pool.error} retry={() => void pool.refetch()} />}
      {!shown && !pool.isError && year !== null && <Waiting rows={6} />}
      {shown && (
        <YearView
          district={district}
          pool={shown}
          whole={pool.data?.whole ?? false}
          categories={pool.data?.categories ?? []}
        />
      )}
    </div>
  );
}

/** The first year with something to pay for, else the last of all. */
function firstOf(years: readonly api.PoolYear[]): number | null {
  const now = new Date().getFullYear();
  const open = years.filter((y) => y.projects > 0 || y.funds > 0);
  return (open.find((y) => y.year >= now) ?? open.at(-1) ?? years.at(-1))?.year ?? null;
}

function YearRow({
  year,
  current,
  onChoose,
}: {
  year: api.PoolYear;
  current: boolean;
  onChoose: () => void;
}) {
  const t = useWords(words);
  const need = Math.max(year.need_yuan, 1);
  return (
    <button
      type="button"
      className={css.yearRow}
      aria-pressed={current}
      onClick={onChoose}
      data-testid={`funds-year-${year.year}`}
    >
      <strong>{year.year}</strong>
      <span className={css.yearBar} aria-hidden="true">
        <i
          style={{ width: year.need_yuan > 0 ? `${Math.min(100, (100 * year.allocated_yuan) / need)}%` : 0 }}
        />
      </span>
      <span>
        {t('unfunded')} {wan(year.unfunded_yuan)}
      </span>
      {year.notices.length > 0 && <span className={css.dot} title={year.notices.join('\n')} />}
    </button>
  );
}

function YearView({
  district,
  pool,
  whole,
  categories,
}: {
  district: string;
  pool: api.YearPool;
  whole: boolean;
  categories: api.Pool['categories'];
}) {
  const t = useWords(words);
  const session = useSession();
  const openSheet = useWorkbench((s) => s.openSheet);
  const [fund, setFund] = useState<api.Fund | 'new' | null>(null);
  const [budget, setBudget] = useState(false);
  const [match, setMatch] = useState(false);
  const mayDecide = may(session.data, 'decide.program');
  return (
    <>
      <section className={frame.section}>
        <dl className={css.facts}>
          {(
            [
              ['need_', pool.need_yuan],
              ...(whole ? ([['fundsHeld', pool.funds_yuan]] as const) : []),
              ['allocated', pool.allocated_yuan],
              ['unfunded', pool.unfunded_yuan],
            ] as const
          ).map(([key, value]) => (
            <div key={key} data-bad={(key === 'unfunded' && value > 0) || undefined}>
              <dt>{t(key)}</dt>
              <dd data-testid={`funds-${key}`}>{wan(value)}</dd>
            </div>
          ))}
        </dl>
        {whole ? (
          <div className={css.budgetRow}>
            <span>
              {t('budget')}{' '}
              <strong>{pool.budget_yuan === null ? t('noBudget') : wan(pool.budget_yuan)}</strong>{' '}
              {pool.note.startsWith('演示数据') && <DemoMark />}
            </span>
            {mayDecide && (
              <IconButton
                small
                icon="pencil"
                label={t('setBudget')}
                onClick={() => setBudget(true)}
                data-testid="funds-budget"
              />
            )}
          </div>
        ) : (
          <p className={css.quiet}>{t('ownPartOnly')}</p>
        )}
        {pool.notices.map((n) => (
          <Notice key={n} tone="warn">
            {n}
          </Notice>
        ))}
        {pool.targets.map((target) => (
          <p key={target} className={css.quiet}>
            {t('targets')} · {target}
          </p>
        ))}
        {mayDecide && (
          <Button
            tone="primary"
            wide
            icon="compare"
            disabled={pool.fund_list.length === 0 || pool.project_list.length === 0}
            onClick={() => setMatch(true)}
            data-testid="funds-match"
          >
            {t('match')}
          </Button>
        )}
      </section>
      {whole && (
        <section className={frame.section}>
          <h3>
            {t('funds')}
            {mayDecide && (
              <IconButton
                small
                icon="plus"
                label={t('addFund')}
                onClick={() => setFund('new')}
                data-testid="funds-add"
              />
            )}
          </h3>
          {pool.fund_list.length === 0 && <p className={css.quiet}>{t('noFunds')}</p>}
          <ul className={css.list}>
            {pool.fund_list.map((f) => (
              <li key={f.code}>
                <button
                  type="button"
                  disabled={!mayDecide}
                  onClick={() => setFund(f)}
                  data-testid={`fund-${f.code}`}
                >
                  <span>
                    {f.name}
                    {f.note?.startsWith('演示数据') && <DemoMark />}
                  </span>
                  <strong>{wan(f.amount_yuan)}</strong>
                  <small>
                    {f.source_name} · {t('usedBy', { n: f.projects })} ·{' '}
                    {t('left', { amount: wan(f.left_yuan) })}
                  </small>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {pool.bound_list.length > 0 && (
        <section className={frame.section} data-testid="funds-bound">
          <h3>{t('bound')}</h3>
          <p className={css.quiet}>{t('boundText', { amount: wan(pool.bound_yuan) })}</p>
          <ul className={css.list}>
            {pool.bound_list.map((b) => (
              <li key={`${b.fund} ${b.project}`}>
                <button
                  type="button"
                  title={t('openProject')}
                  onClick={() => openSheet({ kind: 'project', code: b.project, part: 'money' })}
                >
                  <span>{b.name}</span>
                  <strong>{wan(b.amount_yuan)}</strong>
                  <small>
                    {b.why} · {pool.fund_list.find((f) => f.code === b.fund)?.name}
                  </small>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className={frame.section}>
        <h3>{t('projects')}</h3>
        {pool.project_list.length === 0 && <p className={css.quiet}>{t('noProjects')}</p>}
        <ol className={css.list}>
          {pool.project_list.map((p) => (
            <li key={p.code}>
              <button
                type="button"
                title={t('openProject')}
                onClick={() => openSheet({ kind: 'project', code: p.code, part: 'money' })}
                data-testid={`pool-${p.code}`}
              >
                <span>
                  {p.priority}. {p.name}
                </span>
                <strong>{wan(p.need_yuan)}</strong>
                <small title={p.clause ? `${p.why}（${p.clause}）` : p.why}>{p.why}</small>
                <small data-bad={p.unfunded_yuan > 0 || undefined}>
                  {t('unfunded')} {wan(p.unfunded_yuan)}
                </small>
              </button>
            </li>
          ))}
        </ol>
      </section>
      {fund && (
        <FundDialog
          district={district}
          year={pool.year}
          fund={fund === 'new' ? null : fund}
          categories={categories}
          onClose={() => setFund(null)}
        />
      )}
      {budget && <BudgetDialog district={district} year={pool} onClose={() => setBudget(false)} />}
      {match && <MatchDialog district={district} year={pool.year} onClose={() => setMatch(false)} />}
    </>
  );
}
