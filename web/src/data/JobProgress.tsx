import { useEffect } from 'react';
import * as api from '../api/endpoints';
import type { Job } from '../api/nouns';
import { useWords } from '../language';
import { count, duration } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Notice } from '../ui/State';
import ui from '../ui/ui.module.css';
import css from './data.module.css';
import { isFinal, useJob } from './useJob';
import { words } from './words';

/** A running import: phase, rows, time left, cancel. */
export function JobProgress({ job: initial, onEnd }: { job: Job; onEnd: (job: Job) => void }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const { job, lost } = useJob(initial);
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, when the job ends
  useEffect(() => {
    if (isFinal(job.state)) onEnd(job);
  }, [job.state]);
  const unit = job.unit || t('unitRows');
  return (
    <div className={css.job} data-testid="job-progress" data-state={job.state}>
      <div className={css.jobHead}>
        <strong>{job.title}</strong>
        <span className={`${ui.badge} ${ui.accentTone}`}>{t(`state.${job.state}`)}</span>
      </div>
      <div
        className={`${ui.bar} ${job.total > 0 ? '' : ui.barMoving}`}
        role="progressbar"
        aria-label={job.title}
        aria-valuemin={0}
        aria-valuemax={job.total || undefined}
        aria-valuenow={job.total ? job.done : undefined}
      >
        <i style={{ width: job.total > 0 ? `${Math.min(100, (100 * job.done) / job.total)}%` : '30%' }} />
      </div>
      <div className={css.jobFacts}>
        <span data-testid="job-phase">
          {job.phase || t('phase.')} ·{' '}
          {job.total > 0
            ? t('rows', { done: count(job.done), total: count(job.total), unit })
            : t('rowsSoFar', { done: count(job.done), unit })}
        </span>
        <span>
          {job.seconds_left !== null ? t('left', { time: duration(job.seconds_left, language) }) : ''}
        </span>
      </div>
      {lost && <Notice tone="warn">{t('lost')}</Notice>}
      <div>
        <Button
          small
          icon="close"
          onClick={() => void api.cancelJob(job.id).catch(() => {})}
          data-testid="job-cancel"
        >
          {t('cancelImport')}
        </Button>
      </div>
    </div>
  );
}
