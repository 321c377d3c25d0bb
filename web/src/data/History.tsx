// What was brought in, with what it changed; a click opens the report, where it can be taken back.
import { type ImportDone, useImports } from '../api/imports';
import type { Job } from '../api/nouns';
import { useJobs } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { moment } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Empty, Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
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
  const jobs = useJobs(district);
  const done = useImports(district).data;
  const list = (jobs.data ?? []).filter((j) => !running.includes(j.id));
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
        list.map((j) =>
          isFinal(j.state) ? (
            <Ended key={j.id} job={j} done={done?.find((d) => d.id === j.id)} onOpen={() => onOpen(j.id)} />
          ) : (
            <JobProgress key={j.id} job={j} onEnd={onEnd} />
          ),
        )
      )}
    </div>
  );
}

function Ended({ job: j, done, onOpen }: { job: Job; done: ImportDone | undefined; onOpen: () => void }) {
  const t = useWords(words);
  const tone = j.state === 'done' ? ui.okTone : j.state === 'failed' ? ui.badTone : '';
  return (
    <button type="button" className={own.job} onClick={onOpen} data-testid="import-item">
      <span className={own.jobHead}>
        <strong>{j.title}</strong>
        {done?.undone_at ? (
          <span className={ui.badge}>{t('undoneBadge')}</span>
        ) : (
          <span className={`${ui.badge} ${tone}`}>{t(`state.${j.state}`)}</span>
        )}
      </span>
      <span className={own.jobFacts}>
        <span>{j.error || (done ? <Changes done={done} /> : '')}</span>
        <span>{t('by', { who: j.created_by || '—', when: moment(j.created_at) })}</span>
      </span>
    </button>
  );
}
