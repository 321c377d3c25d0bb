import { useQuery } from '@tanstack/react-query';
import { faultyRows } from '../api/dossiers';
import * as api from '../api/endpoints';
import type { AreaUnit } from '../api/nouns';
import { useWords } from '../language';
import { count, duration, moment } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Failure, Notice, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { AreaQuestion } from './AreaQuestion';
import css from './data.module.css';
import { words } from './words';

/** How an import went: rows taken and refused with their reasons, repairs with before and after. */
export function ReportDialog({
  id,
  onClose,
  onAnswer,
}: {
  id: string;
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
  const refused = r?.refused ?? [];
  const repairs = r?.repairs ?? [];
  const layers = Object.entries(r?.layers ?? {});
  const numbers: [string, number, boolean][] = r
    ? [
        ['taken', r.rows_taken, false],
        ['inserted', r.inserted, false],
        ['updated', r.updated, false],
        ['unchanged', r.unchanged, false],
        ['refused', r.rows_refused, r.rows_refused > 0],
      ]
    : [];
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
            {r && (
              <div className={css.numbers}>
                {numbers.map(([key, n, bad]) => (
                  <div key={key} className={bad ? css.bad : ''} data-testid={`report-${key}`}>
                    <span>{t(key as keyof typeof words)}</span>
                    <strong>{count(n)}</strong>
                  </div>
                ))}
              </div>
            )}
            {r?.faulty_sheet && (
              <Notice tone="warn">
                <div data-testid="faulty-sheet">
                  {t('faultyTitle', { n: r.faulty_sheet.rows })}
                  <div className={css.links}>
                    <a href={faultyRows(id, 'xlsx')} data-testid="faulty-xlsx">
                      {t('faultyXlsx')}
                    </a>
                    <a href={faultyRows(id, 'csv')}>{t('faultyCsv')}</a>
                  </div>
                </div>
              </Notice>
            )}
            {layers.length > 1 && (
              <table className={css.list}>
                <thead>
                  <tr>
                    <th>{t('byLayer')}</th>
                    <th>{t('inserted')}</th>
                    <th>{t('updated')}</th>
                    <th>{t('unchanged')}</th>
                    <th>{t('refused')}</th>
                  </tr>
                </thead>
                <tbody>
                  {layers.map(([name, l]) => (
                    <tr key={name}>
                      <td>{`layer.${name}` in words ? t(`layer.${name}` as keyof typeof words) : name}</td>
                      <td>{count(l.inserted)}</td>
                      <td>{count(l.updated)}</td>
                      <td>{count(l.unchanged)}</td>
                      <td>{count(l.refused)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
            {refused.length > 0 && (
              <section>
                <h4>
                  {t('refused')}{' '}
                  {r && r.rows_refused > refused.length && (
                    <span className={ui.hint}>
                      {t('firstOf', { n: refused.length, total: r.rows_refused })}
                    </span>
                  )}
                </h4>
                <div className={css.listBox}>
                  <table className={css.list} data-testid="refused-rows">
                    <thead>
                      <tr>
                        <th>{t('row')}</th>
                        <th>{t('reason')}</th>
                        <th>{t('value')}</th>
                      </tr>
                    </thead>
                    <tbody>
                      {refused.map((x, i) => (
                        <tr key={`${x.row}-${i.toString()}`}>
                          <td>{x.row}</td>
                          <td>{x.reason}</td>
                          <td>{x.value}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </section>
            )}
            {repairs.length > 0 && (
              <section>
                <h4>
                  {t('repairs')} <span className={ui.hint}>{r ? count(r.repairs_total) : ''}</span>
                </h4>
                <div className={css.listBox}>
                  <table className={css.list}>
                    <thead>
                      <tr>
                        <th>{t('row')}</th>
                        <th>{t('what')}</th>
                        <th>{t('before')}</th>
                        <th>{t('after')}</th>
                      </tr>
                    </thead>
                    <tbody>
                      {repairs.map((x, i) => (
                        <tr key={`${x.row}-${i.toString()}`}>
                          <td>{x.row}</td>
                          <td>{x.what}</td>
                          <td>{x.before}</td>
                          <td>{x.after}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </section>
            )}
            {(r?.notes ?? []).map((note) => (
              <Notice key={note}>{note}</Notice>
            ))}
          </>
        )
      )}
    </Dialog>
  );
}
