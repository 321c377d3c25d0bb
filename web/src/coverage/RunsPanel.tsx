// Coverage runs: the shown one, the form for another, and the earlier ones.
import { useEffect, useRef, useState } from 'react';
import type { CoverageRun } from '../api/nouns';
import { useDistrict, useRun, useRuns } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { moment, share } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';
import { Empty, Failure, Waiting } from '../ui/State';
import { AskForm } from './AskForm';
import { keepType, useAsking } from './asking';
import own from './coverage.module.css';
import { RunView } from './RunView';
import { limitSaid } from './said';
import { settingsOf } from './settings';
import { words } from './words';

export default function RunsPanel() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const runId = useWorkbench((s) => s.run);
  const run = useRun(district, runId);
  const ownProfile = useDistrict(district).data?.profile_key ?? '';
  const [asking, setAsking] = useState(false);
  const scroll = useRef<HTMLDivElement>(null);
  const form = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run is read from its top
  useEffect(() => {
    scroll.current?.scrollTo({ top: 0 });
    setAsking(false);
  }, [runId]);
  useEffect(() => {
    if (asking) form.current?.scrollIntoView({ block: 'start' });
  }, [asking]);
  const again = (from: CoverageRun) => {
    keepType(from.facility_type);
    useAsking.getState().set(settingsOf(from, ownProfile));
    setAsking(true);
  };
  return (
    <div className={css.scroll} ref={scroll}>
      {runId &&
        (run.isPending ? (
          <Waiting />
        ) : run.isError ? (
          <Failure error={run.error} retry={() => void run.refetch()} />
        ) : (
          <RunView run={run.data} onAgain={() => again(run.data)} />
        ))}
      {(!runId || asking) && (
        <div ref={form}>
          {asking && (
            <div className={own.formHead}>
              <strong>{t('again')}</strong>
              <IconButton icon="close" small label={t('close')} onClick={() => setAsking(false)} />
            </div>
          )}
          <AskForm />
        </div>
      )}
      <History />
    </div>
  );
}

function History() {
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
  return (
    <button
      type="button"
      className={own.run}
      aria-current={current}
      onClick={onClick}
      data-testid="coverage-item"
    >
      <span>
        <span>
          {r.facility_name} · {t(`method.short.${r.method}`)} ≤ {limitSaid(r.limit, language)}
        </span>
        <span>{share(r.summary.covered_households, r.summary.households)}</span>
      </span>
      <span>
        {r.area.name || t(`area.${r.area.kind}`)} ·{' '}
        {t('by', { who: r.created_by || '—', when: moment(r.created_at) })}
      </span>
    </button>
  );
}
