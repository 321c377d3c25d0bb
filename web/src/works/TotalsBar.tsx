// The sums under the menu: they stay in sight, with the way to save.
import type { Works } from '../api/works';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { type Draft, sumsOf } from './draft';
import { wan, yuan } from './sums';
import { words } from './words';
import css from './works.module.css';

export function TotalsBar({
  works,
  draft,
  mayEdit,
  dirty,
  busy,
  problem,
  refused,
  onSave,
  onReset,
}: {
  works: Works;
  draft: Draft;
  mayEdit: boolean;
  dirty: boolean;
  busy: boolean;
  problem: string | null;
  refused: boolean;
  onSave: () => void;
  onReset: () => void;
}) {
  const t = useWords(words);
  const sums = sumsOf(works, draft);
  const estimate = works.estimated_wan === null ? null : works.estimated_wan * 10_000;
  const complete = sums.mustAnswered === sums.must;
  const natures = works.totals.natures.length > 0 ? works.totals.natures : works.totals.categories;
  const by = works.totals.natures.length > 0 ? sums.byNature : sums.byCategory;
  return (
    <footer className={css.totals}>
      <div className={css.total}>
        <span>{t('cost')}</span>
        <strong data-testid="works-cost">{yuan(sums.cost)}</strong>
        <small>
          {t('estimated')} {estimate === null ? '—' : wan(estimate)}
          {estimate !== null &&
            sums.cost > 0 &&
            ` · ${t('difference', { amount: wan(sums.cost - estimate) })}`}
        </small>
      </div>
      {natures.map((n) => (
        <div key={n.key} className={css.total}>
          <span>{n.name}</span>
          <strong>{wan(by.get(n.key)?.amount ?? 0)}</strong>
          <small>
            {by.get(n.key)?.done ?? 0} / {n.items}
          </small>
        </div>
      ))}
      <div className={css.total} data-complete={complete}>
        <span>{works.must.clause}</span>
        <strong data-testid="works-must">{t('mustDone', { n: sums.mustAnswered, all: sums.must })}</strong>
        <small>
          {complete ? t('complete') : ''}
          {sums.unpriced > 0 ? ` ${t('unpricedCount', { n: sums.unpriced })}` : ''}
        </small>
      </div>
      {works.totals.others.map((o) => (
        <details key={o.policy} className={css.others}>
          <summary>{t('others', { policy: o.policy_title })}</summary>
          <ul>
            {o.categories.map((c) => (
              <li key={c.key}>
                {c.name} <strong>{wan(c.amount_yuan)}</strong>
              </li>
            ))}
          </ul>
        </details>
      ))}
      <div className={css.foot}>
        {problem && (
          <span className={css.problem} role="alert" data-testid="works-problem">
            {problem}
          </span>
        )}
        {!problem && dirty && <span className={css.meta}>{t('unsaved')}</span>}
        {dirty && (
          <Button disabled={busy} onClick={onReset} data-testid="works-reset">
            {t('reset')}
          </Button>
        )}
        <Button
          tone="primary"
          refused={mayEdit ? null : t('noEdit')}
          disabled={busy || !dirty || refused}
          onClick={onSave}
          data-testid="works-save"
        >
          {busy ? t('saving') : t('save')}
        </Button>
      </div>
    </footer>
  );
}
