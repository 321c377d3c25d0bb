// Coverage runs: the shown one, the form for another, and the earlier ones.
import { useEffect, useRef, useState } from 'react';
import type { CoverageRun } from '../api/nouns';
import { useDistrict, useRun } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';
import { Failure, Waiting } from '../ui/State';
import { AskForm } from './AskForm';
import { keepType, useAsking } from './asking';
import own from './coverage.module.css';
import { History } from './History';
import { RunView } from './RunView';
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
