// What was brought in, with what it changed; a click opens the report, where it can be taken back.
import { type ImportDone, useImports } from '../api/imports';
import { useInspections } from '../api/inspections';
import type { Job } from '../api/nouns';
import { useJobs } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { moment } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Empty, Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { type Brought, broughtIn } from './changes';
import own from './data.module.css';
import { JobProgress } from './JobProgress';
import { Changes } from './UndoImport';
import { isFinal } from './useJob';
import { words } from './words';

export function History({
  running,
  onOpen,
  onEnd,
}: {
  running: string[];
  onOpen: (id: string) => void;
  onEnd: (job: Job) => void;
}) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const inspect = useWorkbench((s) => s.inspect);
  const jobs = useJobs(district);
  const done = useImports(district).data ?? [];
  const inspections = useInspections(district, true).data ?? [];
  const list = broughtIn(jobs.data ?? [], done).filter((b) => !running.includes(b.id));
  const open = (id: string) => {
    const inspected = inspections.find((i) => i.import === id);
    if (inspected) inspect({ id: inspected.id, step: 'file' });
    else onOpen(id);
  };
  return (
    <div data-testid="import-history">
      <div className={css.section} style={{ borderBottom: 0 }}>
        <h3>{t('history')}</h3>
      </div>
      {jobs.isPending ? (
        <Waiting rows={3} />
      ) : jobs.isError ? (
        <Failure error={jobs.error} retry={() => void jobs.refetch()} />
      ) : list.length === 0 && running.length === 0 ? (
        <Empty icon="clock" title={t('historyEmpty')}>
          {t('historyEmptyText')}
        </Empty>
      ) : (
        list.map((b) =>
          b.job && !isFinal(b.job.state) ? (
            <JobProgress key={b.id} job={b.job} onEnd={onEnd} />
          ) : (
            <Ended key={b.id} brought={b} done={done.find((d) => d.id === b.id)} onOpen={() => open(b.id)} />
          ),
        )
      )}
    </div>
  );
}

function Ended({
  brought: b,
  done,
  onOpen,
}: {
  brought: Brought;
  done: ImportDone | undefined;
  onOpen: () => void;
}) {
  const t = useWords(words);
  const state = b.job?.state ?? 'done';
  const tone = state === 'done' ? ui.okTone : state === 'failed' ? ui.badTone : '';
  return (
    <button type="button" className={own.job} onClick={onOpen} data-testid="import-item">
      <span className={own.jobHead}>
        <strong>{b.title}</strong>
        {done?.undone_at ? (
          <span className={ui.badge}>{t('undoneBadge')}</span>
        ) : (
          <span className={`${ui.badge} ${tone}`}>{t(`state.${state}`)}</span>
        )}
      </span>
      <span className={own.jobFacts}>
        <span>{b.job?.error || (done ? <Changes done={done} /> : '')}</span>
        <span>{t('by', { who: b.by || '—', when: moment(b.at) })}</span>
      </span>
    </button>
  );
}
