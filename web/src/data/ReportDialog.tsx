import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import * as api from '../api/endpoints';
import type { AreaUnit } from '../api/nouns';
import { useWords } from '../language';
import { duration, moment } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Failure, Notice, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { AreaQuestion } from './AreaQuestion';
import { ReportBody } from './ReportBody';
import { words } from './words';

/** How an import went: rows taken and refused with their reasons, repairs with before and after. */
export function ReportDialog({
  id,
  onClose,
  onAnswer,
  undo,
}: {
  id: string;
  /** How the import is taken back, where it can be. */
  undo?: ReactNode;
  onClose: () => void;
  /** Sends the file again with the answer; null where the file is not at hand any more. */
  onAnswer: ((unit: AreaUnit) => Promise<void>) | null;
}) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const here = useWorkbench((s) => s.district);
  const open = useWorkbench((s) => s.open);
  const query = useQuery({ queryKey: ['job', id], queryFn: () => api.job(id) });
  const job = query.data;
  const r = job?.report;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('report')}
      width={720}
      testId="import-report"
      foot={
        <>
          {job?.district && job.district !== here && (
            <Button
              onClick={() => {
                open({ district: job.district });
                onClose();
              }}
              data-testid="open-district"
            >
              {t('openDistrict')}
            </Button>
          )}
          <Button tone="primary" onClick={onClose} data-testid="report-close">
            {t('closeReport')}
          </Button>
        </>
      }
    >
      {query.isPending ? (
        <Waiting rows={5} />
      ) : query.isError ? (
        <Failure error={query.error} />
      ) : (
        job && (
          <>
            <div>
              <strong>{r?.file || job.title}</strong>{' '}
              <span
                className={`${ui.badge} ${job.state === 'done' ? ui.okTone : job.state === 'failed' ? ui.badTone : ''}`}
              >
                {t(`state.${job.state}`)}
              </span>
              <div className={ui.hint}>
                {t('by', { who: job.created_by || '—', when: moment(job.created_at) })}
                {r ? ` · ${t('seconds', { time: duration(r.seconds, language) })}` : ''}
              </div>
            </div>
            {r?.question ? (
              <AreaQuestion question={r.question} onAnswer={onAnswer} />
            ) : (
              job.error && <Notice tone="bad">{job.error}</Notice>
            )}
            {job.state === 'cancelled' && <Notice>{t('cancelled')}</Notice>}
            {r && <ReportBody report={r} job={id} />}
            {undo}
          </>
        )
      )}
    </Dialog>
  );
}
