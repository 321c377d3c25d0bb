// The tab of monthly reports: the month and its two deadlines, the units'
// reports, filings that are due, and the year's targets.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  closeMonth,
  createReport,
  type MonthBoard,
  type UnitMonth,
  useFilings,
  useMonth,
  useMonths,
} from '../api/progress';
import { keys } from '../api/queries';
import { useWords } from '../language';
import { moment } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { Select } from '../ui/Select';
import { DemoMark, Empty, Failure, Notice, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import css from './progress.module.css';
import { ReasonDialog } from './ReasonDialog';
import { monthBy, monthOf } from './row';
import { Targets } from './Targets';
import { words } from './words';

export default function MonthsPanel() {
  const district = useWorkbench((s) => s.district);
  const month = useWorkbench((s) => s.month) ?? monthOf(new Date());
  const board = useMonth(district, month);
  return (
    <div className={css.panel} data-testid="months-panel">
      <Picker month={month} />
      {board.isError ? (
        <Failure error={board.error} retry={() => void board.refetch()} />
      ) : board.data ? (
        <Board board={board.data} />
      ) : (
        <Waiting rows={6} />
      )}
      <Filings />
      <Targets year={Number(month.slice(0, 4))} />
    </div>
  );
}

function Picker({ month }: { month: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const setMonth = useWorkbench((s) => s.setMonth);
  const year = Number(month.slice(0, 4));
  const months = useMonths(district, year);
  const stateOf = (m: string) => {
    const s = months.data?.find((x) => x.month === m);
    if (!s) return undefined;
    if (s.closed) return t('state.frozen');
    if (s.submitted + s.drafts + s.returned === 0) return undefined;
    return `${t('state.submitted')} ${s.submitted} / ${s.submitted + s.drafts + s.returned}`;
  };
  return (
    <div className={css.picker}>
      <IconButton
        icon="right"
        small
        className={css.back}
        label={t('earlier')}
        onClick={() => setMonth(monthBy(month, -1))}
      />
      <Select
        value={month}
        label={t('month')}
        testId="month"
        options={Array.from({ length: 12 }, (_, i) => {
          const m = `${year}-${String(i + 1).padStart(2, '0')}`;
          return { value: m, label: t('monthOf', { year, n: i + 1 }), detail: stateOf(m) };
        })}
        onChange={setMonth}
      />
      <IconButton icon="right" small label={t('later')} onClick={() => setMonth(monthBy(month, 1))} />
    </div>
  );
}

function Board({ board }: { board: MonthBoard }) {
  const t = useWords(words);
  const openSheet = useWorkbench((s) => s.openSheet);
  const { calendar } = board;
  const left =
    board.days_left === 0
      ? t('today')
      : t(board.days_left > 0 ? 'daysLeft' : 'daysLate', { n: Math.abs(board.days_left) });
  const closedAt = board.closed[0]?.frozen_at;
  return (
    <>
      <dl className={css.dates}>
        <dt>{t('period')}</dt>
        <dd>{calendar.text}</dd>
        <dt>{t('reportDue')}</dt>
        <dd>
          {calendar.report.on}
          {!closedAt && <em data-late={board.days_left < 0}>{left}</em>}
          <small>{calendar.report.clause}</small>
        </dd>
        <dt>{t('formDue')}</dt>
        <dd>
          {calendar.form.on}
          <small>{calendar.form.clause}</small>
        </dd>
      </dl>
      {calendar.ambiguity && <p className={css.source}>{t('twoDays', { id: calendar.ambiguity })}</p>}
      {closedAt && (
        <Notice icon="lock">
          {t('closed', { at: moment(closedAt) })}
          {board.reason && <div>{board.reason}</div>}
        </Notice>
      )}
      <h3 className={css.section}>{t('reports')}</h3>
      {board.units.length === 0 ? (
        <Empty icon="table" title={t('noUnits')}>
          {t('noUnitsText')}
        </Empty>
      ) : (
        <ul className={css.units}>
          {board.units.map((u) => (
            <Unit key={`${u.unit.code} ${u.form}`} unit={u} month={board.month} />
          ))}
        </ul>
      )}
      <div className={css.panelActions}>
        {(['annex6', 'annex7'] as const)
          .filter((form) => board.units.some((u) => u.form === form))
          .map((form) => (
            <Button
              key={form}
              small
              icon="table"
              onClick={() => openSheet({ kind: 'month', code: board.month, part: `rollup-${form}` })}
              data-testid={`rollup-${form}`}
            >
              {t('rollupOf', { form: board.units.find((u) => u.form === form)?.form_name ?? form })}
            </Button>
          ))}
        <Close board={board} />
      </div>
    </>
  );
}

function Unit({ unit, month }: { unit: UnitMonth; month: string }) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const openSheet = useWorkbench((s) => s.openSheet);
  const [busy, setBusy] = useState(false);
  const open = (id: string) => openSheet({ kind: 'month', code: month, part: id });
  const begin = async () => {
    setBusy(true);
    try {
      const r = await createReport(district, month, unit.unit.code, unit.form);
      void client.invalidateQueries({ queryKey: keys.progress(district) });
      if (r.id) open(r.id);
    } catch (error) {
      say(sentence(error), { bad: true });
    } finally {
      setBusy(false);
    }
  };
  return (
    <li className={css.unit} data-testid="month-unit" data-state={unit.state} data-form={unit.form}>
      <div>
        <strong>{unit.unit.name}</strong>
        <small>{unit.form_name}</small>
        <span className={css.state} data-state={unit.state}>
          {t(`state.${unit.state}`)}
        </span>
        {unit.late && unit.state !== 'frozen' && <span className={css.lateTag}>{t('late')}</span>}
        <small>{t('projects', { n: unit.projects })}</small>
        {unit.state === 'returned' && <p>{unit.state_reason}</p>}
      </div>
      {unit.id ? (
        <Button small onClick={() => unit.id && open(unit.id)} data-testid="month-open">
          {t('open')}
        </Button>
      ) : (
        unit.may_fill && (
          <Button small tone="primary" onClick={() => void begin()} disabled={busy} data-testid="month-begin">
            {t('begin')}
          </Button>
        )
      )}
    </li>
  );
}

function Close({ board }: { board: MonthBoard }) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const [asking, setAsking] = useState(false);
  if (board.closed.length > 0 || !(board.may_close || board.why_not)) return null;
  const missing = board.units.filter((u) => u.projects > 0 && u.state !== 'submitted');
  const close = async (reason: string) => {
    try {
      await closeMonth(district, board.month, reason);
      void client.invalidateQueries({ queryKey: keys.progress(district) });
      return true;
    } catch (error) {
      say(sentence(error), { bad: true });
      return false;
    }
  };
  return (
    <>
      <Button
        small
        icon="lock"
        refused={board.may_close ? null : board.why_not}
        onClick={() => setAsking(true)}
        data-testid="month-close"
      >
        {t('close')}
      </Button>
      {asking && (
        <ReasonDialog
          title={t('closeTitle', { month: board.month })}
          label={missing.length > 0 ? t('closeReason') : null}
          act={t('close')}
          onClose={() => setAsking(false)}
          onSend={close}
        >
          <p>{t('closeText')}</p>
          {missing.length > 0 && (
            <Notice tone="warn">
              {t('missing', { units: missing.map((u) => `${u.unit.name}${u.form_name}`).join('、') })}
            </Notice>
          )}
        </ReasonDialog>
      )}
    </>
  );
}

function Filings() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const openSheet = useWorkbench((s) => s.openSheet);
  const filings = useFilings(district);
  if (!filings.data) return null;
  return (
    <div>
      <h3 className={css.section}>{t('filings')}</h3>
      {filings.data.length === 0 && <p className={css.quiet}>{t('noFilings')}</p>}
      <ul className={css.units}>
        {filings.data.map((p) => (
          <li key={p.project} data-testid="filing">
            <button
              type="button"
              className={css.filing}
              data-late={p.filing_state.state === 'late'}
              onClick={() => openSheet({ kind: 'project', code: p.project, part: 'progress' })}
            >
              <strong>
                {p.name} {p.generated.length > 0 && <DemoMark />}
              </strong>
              <span>{p.filing_state.text}</span>
              <small>{p.filing_state.clause}</small>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
