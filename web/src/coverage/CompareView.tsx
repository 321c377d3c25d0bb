// What is different from an earlier run of the same facility type: homes gained
// and lost, and which settings and data are not the same.
import { useComparison } from '../api/coverage';
import type { CoverageRun } from '../api/nouns';
import { useRuns } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, moment, share } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Select } from '../ui/Select';
import { Failure, Notice, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './coverage.module.css';
import { limitSaid } from './said';
import { useTypeName } from './useTypeName';
import { words } from './words';

const SHOWN = 100;

export function CompareView({ run }: { run: CoverageRun }) {
  const t = useWords(words);
  const { district, language, earlier, open, select } = useWorkbench();
  const typeName = useTypeName();
  const runs = useRuns(district).data ?? [];
  const others = runs.filter((r) => r.facility_type === run.facility_type && r.id !== run.id);
  const chosen = earlier ?? null;
  const comparison = useComparison(district, run.id, chosen);
  const said = (r: CoverageRun) =>
    `${moment(r.created_at).slice(5)} · ${t(`method.short.${r.method}`)} ≤ ${limitSaid(r.limit, language)} · ${
      r.area.name || t(`area.${r.area.kind}`)
    }`;
  if (!others.length && !chosen)
    return (
      <div className={css.section}>
        <p className={ui.hint}>{t('nothingEarlier', { name: typeName(run) })}</p>
      </div>
    );
  const c = comparison.data;
  return (
    <>
      <div className={css.section}>
        <Select
          label={t('compareWith')}
          value={chosen ?? ''}
          onChange={(id) => open({ earlier: id || null })}
          options={[
            { value: '', label: t('compareWith') },
            ...others.map((r) => ({
              value: r.id,
              label: said(r),
              detail: share(r.summary.covered_households, r.summary.households),
            })),
          ]}
          testId="compare-with"
        />
        {chosen && comparison.isPending && <Waiting rows={3} />}
        {comparison.isError && <Failure error={comparison.error} retry={() => void comparison.refetch()} />}
        {c && (
          <div data-testid="comparison" style={{ display: 'grid', gap: 10 }}>
            <div className={css.figures}>
              <Figure label={t('gained')} value={`+${count(c.gained_households)}`} testId="gained" />
              <Figure label={t('lost')} value={`−${count(c.lost_households)}`} testId="lost" />
              <Figure label={t('gainedBuildings')} value={`+${count(c.gained_buildings)}`} />
              <Figure label={t('lostBuildings')} value={`−${count(c.lost_buildings)}`} />
            </div>
            <p className={ui.hint}>
              {t('shareBefore', {
                before: share(c.earlier.summary.covered_households, c.earlier.summary.households),
                after: share(c.later.summary.covered_households, c.later.summary.households),
              })}
            </p>
            {!c.comparable && <Notice tone="warn">{t('notComparable')}</Notice>}
            {c.differences.length > 0 ? (
              <>
                <h3 className={own.subhead}>{t('differences')}</h3>
                <ul className={own.bullets} data-testid="differences">
                  {c.differences.map((d) => (
                    <li key={d}>{d}</li>
                  ))}
                </ul>
              </>
            ) : (
              <p className={ui.hint}>{t('noDifferences')}</p>
            )}
          </div>
        )}
      </div>
      {c && c.communities.length > 0 && (
        <div className={own.list} data-testid="changed-communities">
          <header>
            <strong>{t('changedCommunities', { n: count(c.communities.length) })}</strong>
          </header>
          {c.communities.slice(0, SHOWN).map((m) => (
            <button
              key={m.code}
              type="button"
              className={own.item}
              onClick={() => select({ kind: 'community', code: m.code })}
            >
              <span>
                <span>{m.name || m.code}</span>
                <span className={m.after >= m.before ? own.better : own.worse}>
                  {m.after >= m.before ? '+' : '−'}
                  {count(Math.abs(m.after - m.before))}
                </span>
              </span>
              <span>
                {t('beforeAfter', {
                  before: count(m.before),
                  after: count(m.after),
                  all: count(m.households),
                })}
              </span>
            </button>
          ))}
        </div>
      )}
    </>
  );
}

function Figure({ label, value, testId }: { label: string; value: string; testId?: string }) {
  return (
    <div className={css.figure}>
      <span>{label}</span>
      <strong data-testid={testId}>{value}</strong>
    </div>
  );
}
