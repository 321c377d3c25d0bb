// The latest runs of the district; a click opens one.
import type { CoverageRun } from '../api/nouns';
import { useRuns } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { moment, share } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Empty, Failure } from '../ui/State';
import own from './coverage.module.css';
import { limitSaid } from './said';
import { useTypeName } from './useTypeName';
import { words } from './words';

export function History() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const current = useWorkbench((s) => s.run);
  const setRun = useWorkbench((s) => s.setRun);
  const runs = useRuns(district);
  if (runs.isPending) return null;
  if (runs.isError) return <Failure error={runs.error} retry={() => void runs.refetch()} />;
  if (runs.data.length === 0)
    return (
      <Empty icon="coverage" title={t('emptyTitle')}>
        {t('emptyText')}
      </Empty>
    );
  return (
    <div data-testid="coverage-history">
      <div className={css.section} style={{ borderBottom: 0, paddingBottom: 6 }}>
        <h3>{t('history')}</h3>
      </div>
      {runs.data.map((r) => (
        <RunItem key={r.id} run={r} current={r.id === current} onClick={() => setRun(r.id)} />
      ))}
    </div>
  );
}

function RunItem({ run: r, current, onClick }: { run: CoverageRun; current: boolean; onClick: () => void }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const name = useTypeName();
  return (
    <button
      type="button"
      className={`${css.past} ${own.run}`}
      aria-current={current}
      onClick={onClick}
      data-testid="coverage-item"
    >
      <span>
        <span>{name(r)}</span>
        <span>{share(r.summary.covered_households, r.summary.households)}</span>
      </span>
      <span>
        {t(`method.short.${r.method}`)} ≤ {limitSaid(r.limit, language)} ·{' '}
        {r.area.name || t(`area.${r.area.kind}`)}
      </span>
      <span>{t('by', { who: r.created_by || '—', when: moment(r.created_at) })}</span>
    </button>
  );
}
