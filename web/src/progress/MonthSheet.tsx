// A monthly report over the map, in the layout of the form that it is printed on.
import { useState } from 'react';
import { fileAddress, type MonthReport, printAddress, useReport } from '../api/progress';
import frame from '../frame/frame.module.css';
import { SheetHead } from '../frame/SheetHead';
import { useWords } from '../language';
import { moment } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { DemoMark, Failure, Notice, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import css from './progress.module.css';
import { ReasonDialog } from './ReasonDialog';
import { ReportTable } from './ReportTable';
import { type ReportEditor, useReportDraft } from './useReportDraft';
import { words } from './words';

export default function MonthSheet({ month, part }: { month: string; part: string }) {
  const district = useWorkbench((s) => s.district);
  const report = useReport(district, month, part);
  if (report.isError)
    return (
      <>
        <SheetHead title={month} parts={[]} part="" />
        <Failure error={report.error} retry={() => void report.refetch()} />
      </>
    );
  if (!report.data) return <Waiting rows={9} />;
  return <Sheet report={report.data} />;
}

function Sheet({ report }: { report: MonthReport }) {
  const t = useWords(words);
  const editor = useReportDraft(report);
  const names = (list: readonly { name: string }[]) => list.map((u) => u.name).join('、');
  return (
    <>
      <SheetHead
        title={report.title}
        sub={
          <>
            {`${report.unit.name}　${t(`state.${report.state}`)} `}
            {report.lines.some((l) => l.generated) && <DemoMark />}
          </>
        }
        parts={[]}
        part=""
      >
        <Tools report={report} editor={editor} />
      </SheetHead>
      <div className={`${frame.sheetBody} ${css.form}`} data-testid="month-report">
        <div className={css.notices}>
          {report.state === 'returned' && (
            <Notice tone="warn">{t('returnedFor', { reason: report.state_reason })}</Notice>
          )}
          {report.partial && <Notice>{t('partial')}</Notice>}
          {report.missing.length > 0 && (
            <Notice tone="warn">
              {t('notIn', { units: names(report.missing) })}
              {report.state === 'frozen' && report.state_reason ? `（${report.state_reason}）` : ''}
            </Notice>
          )}
          {report.gone.length > 0 && <Notice>{t('gone', { names: report.gone.join('、') })}</Notice>}
          {editor.rival && (
            <Notice tone="warn">
              {t('stale')}
              <div className={css.noticeActions}>
                <Button small onClick={editor.loadTheirs}>
                  {t('loadNew')}
                </Button>
                <Button small onClick={editor.saveMine}>
                  {t('overwrite')}
                </Button>
              </div>
            </Notice>
          )}
          <Offered report={report} editor={editor} />
        </div>
        <ReportTable report={report} editor={editor} />
        <Field label={t('difficulties')}>
          {(id) => (
            <textarea
              id={id}
              className={`${ui.input} ${css.words}`}
              rows={3}
              value={editor.draft.difficulties}
              readOnly={!report.may_fill}
              onChange={(e) => {
                const { value } = e.target;
                editor.edit((d) => ({ ...d, difficulties: value }));
              }}
              data-testid="month-difficulties"
            />
          )}
        </Field>
        <p className={css.source}>
          {report.form_name}　{t('period')}：{report.calendar.text}（{report.calendar.clause}）
          {report.sha256 && report.frozen_at
            ? `　${t('seal', { at: moment(report.frozen_at), by: report.frozen_by, sum: report.sha256.slice(0, 16) })}…`
            : ''}
        </p>
      </div>
      <AreaDialog editor={editor} />
    </>
  );
}

function Tools({ report, editor }: { report: MonthReport; editor: ReportEditor }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const [returning, setReturning] = useState(false);
  const { id } = report;
  return (
    <>
      {editor.dirty && <span className={css.unsaved}>{t('unsaved')}</span>}
      {editor.dirty && (
        <Button small tone="ghost" onClick={editor.discard}>
          {t('discard')}
        </Button>
      )}
      {report.may_fill && (
        <>
          <Button
            small
            onClick={() => void editor.save()}
            disabled={editor.busy || !editor.dirty}
            data-testid="month-save"
          >
            {t('save')}
          </Button>
          <Button
            small
            tone="primary"
            onClick={() => void editor.submit()}
            disabled={editor.busy}
            data-testid="month-submit"
          >
            {t('submit')}
          </Button>
        </>
      )}
      {report.may_return && (
        <Button small icon="undo" onClick={() => setReturning(true)} data-testid="month-return">
          {t('sendBack')}
        </Button>
      )}
      {id && !report.partial && (
        <>
          <Button
            small
            icon="file"
            refused={editor.dirty ? t('printFirst') : null}
            onClick={() => window.open(printAddress(district, report.month, id), '_blank', 'noopener')}
            data-testid="month-print"
          >
            {t('print')}
          </Button>
          {(['xlsx', 'csv'] as const).map((format) => (
            <a
              key={format}
              className={`${ui.button} ${ui.small}`}
              href={fileAddress(district, report.month, id, format)}
              download
              data-testid={`month-${format}`}
            >
              {format.toUpperCase()}
            </a>
          ))}
        </>
      )}
      {returning && (
        <ReasonDialog
          title={t('returnTitle')}
          label={t('returnReason')}
          act={t('sendBack')}
          onClose={() => setReturning(false)}
          onSend={editor.sendBack}
        />
      )}
    </>
  );
}

/** Projects that belong in the report and have no row yet. */
function Offered({ report, editor }: { report: MonthReport; editor: ReportEditor }) {
  const t = useWords(words);
  const left = report.offered.filter((o) => !editor.draft.lines.some((l) => l.project === o.project));
  if (left.length === 0 || !report.may_fill) return null;
  return (
    <Notice tone="warn">
      {t('offered')}
      {left.map((o) => (
        <span key={o.project} className={css.offer}>
          {o.name}
          <Button small onClick={() => editor.addLine(o)}>
            {t('addRow')}
          </Button>
        </span>
      ))}
    </Notice>
  );
}

function AreaDialog({ editor }: { editor: ReportEditor }) {
  const t = useWords(words);
  return (
    <Dialog
      open={editor.doubts !== null}
      onClose={editor.dropDoubts}
      title={t('areaTitle')}
      testId="area-question"
      foot={
        <>
          <Button onClick={editor.keepAreas}>{t('areaKeep')}</Button>
          <Button tone="primary" onClick={editor.convert} data-testid="area-convert">
            {t('areaFix')}
          </Button>
        </>
      }
    >
      <p>
        <strong>{t('areaAsk')}</strong>
      </p>
      <ul className={css.doubts}>
        {editor.doubts?.map((q) => (
          <li key={`${q.project} ${q.field}`}>{q.text}</li>
        ))}
      </ul>
    </Dialog>
  );
}
