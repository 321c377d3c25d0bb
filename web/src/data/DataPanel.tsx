// Data: what there is, bringing files in, and what was brought in.
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import * as api from '../api/endpoints';
import { useImports } from '../api/imports';
import type { AreaUnit, Job } from '../api/nouns';
import { keys, useDistrict, useSession } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count } from '../language/format';
import { useControl } from '../map/control';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Notice, Waiting } from '../ui/State';
import own from './data.module.css';
import { Habits } from './Habits';
import { History } from './History';
import { JobProgress } from './JobProgress';
import { ReportDialog } from './ReportDialog';
import { UndoImport } from './UndoImport';
import { type Sent, Upload } from './Upload';
import { Waitings } from './Waitings';
import { words } from './words';

const InspectionView = lazy(() => import('../inspections/InspectionView'));

export default function DataPanel() {
  const inspecting = useWorkbench((s) => s.inspecting);
  return inspecting ? (
    <Suspense fallback={<Waiting rows={8} />}>
      <InspectionView key={inspecting.id} id={inspecting.id} step={inspecting.step} />
    </Suspense>
  ) : (
    <Overview />
  );
}

function Overview() {
  const t = useWords(words);
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const allowed = may(session.data, 'import');
  const [running, setRunning] = useState<Job[]>([]);
  const [report, setReport] = useState<string | null>(null);
  const [sent, setSent] = useState<ReadonlyMap<string, Sent>>(new Map());
  const done = useImports(district, allowed);
  const started = (job: Job, what: Sent) => {
    setSent((all) => new Map(all).set(job.id, what));
    setRunning((list) => [job, ...list]);
  };
  const answer = async (job: string, unit: AreaUnit) => {
    const what = sent.get(job);
    if (!what) return;
    const { signal } = new AbortController();
    started(
      await api.startImport(what.district, what.file, what.layer, what.crs, () => {}, signal, unit),
      what,
    );
    setReport(null);
  };
  const ended = (job: Job) => {
    setRunning((list) => list.filter((j) => j.id !== job.id));
    setReport(job.id);
    void client.invalidateQueries({ queryKey: keys.districts });
    void client.invalidateQueries({ queryKey: keys.district(district) });
    void client.invalidateQueries({ queryKey: ['job', job.id] });
    void client.invalidateQueries({ queryKey: keys.imports(district) });
    if (job.state === 'done' && job.district === district) useControl.getState().controller?.refresh('');
  };
  return (
    <>
      <header className={css.head}>
        <h2>{t('title')}</h2>
      </header>
      <div className={css.scroll}>
        <What />
        {allowed ? (
          <>
            <Upload onStarted={started} />
            <Waitings />
            {running.map((job) => (
              <JobProgress key={job.id} job={job} onEnd={ended} />
            ))}
            <History running={running.map((j) => j.id)} onOpen={setReport} onEnd={ended} />
            <Habits />
          </>
        ) : (
          session.isSuccess && (
            <div className={css.section}>
              <Notice>{t('noRight')}</Notice>
            </div>
          )
        )}
        <Sources />
      </div>
      {report && (
        <ReportDialog
          id={report}
          onClose={() => setReport(null)}
          onAnswer={sent.has(report) ? (unit) => answer(report, unit) : null}
          undo={<UndoImport done={done.data?.find((d) => d.id === report)} />}
        />
      )}
    </>
  );
}

function What() {
  const t = useWords(words);
  const district = useDistrict(useWorkbench((s) => s.district));
  const counts = district.data?.counts;
  return (
    <div className={css.section}>
      <h3>{t('counts')}</h3>
      <div className={own.numbers} style={{ gridTemplateColumns: 'repeat(4, 1fr)' }}>
        {(['communities', 'buildings', 'facilities', 'zones'] as const).map((k) => (
          <div key={k} data-testid={`count-${k}`}>
            <span>{t(k)}</span>
            <strong>{count(counts?.[k])}</strong>
          </div>
        ))}
      </div>
    </div>
  );
}

function Sources() {
  const t = useWords(words);
  const district = useDistrict(useWorkbench((s) => s.district)).data;
  if (!district) return null;
  return (
    <div className={css.section} style={{ borderTop: '1px solid var(--line)' }}>
      <h3>{t('sources')}</h3>
      {district.notice && <p className={own.notice}>{district.notice}</p>}
      <dl className={css.facts}>
        <div>
          <dt>{t('policy')}</dt>
          <dd>
            {district.policy_key}@{district.policy_version}
          </dd>
        </div>
        <div>
          <dt>{t('profile')}</dt>
          <dd>{district.profile_key}</dd>
        </div>
        <div>
          <dt>{t('crsOf')}</dt>
          <dd>CGCS2000 / EPSG:{district.gk_srid}</dd>
        </div>
      </dl>
    </div>
  );
}
