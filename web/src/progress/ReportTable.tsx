// The seventeen columns of annexes 6 and 7, to be read or filled in.
import { useState } from 'react';
import type { MonthLine, MonthLineDraft, MonthReport } from '../api/progress';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';
import { Tip } from '../ui/Tip';
import ui from '../ui/ui.module.css';
import css from './progress.module.css';
import {
  type Cell,
  draftOf,
  figureOf,
  type Group,
  inGroup,
  measures,
  readFigure,
  shown,
  tooMuch,
  totals,
  waits,
  withFigure,
} from './row';
import type { ReportEditor } from './useReportDraft';
import { words } from './words';

const groupColumns = ['g1', 'g2', 'g3'] as const;
const cells: readonly Cell[] = [
  'plan.area_wan',
  'plan.households',
  'plan.buildings',
  'investment_wan',
  ...groupColumns.flatMap((g) => measures.map((m): Cell => `${g}.${m}`)),
  'spent_wan',
];

export function ReportTable({ report, editor }: { report: MonthReport; editor: ReportEditor }) {
  const t = useWords(words);
  const { lines } = editor.draft;
  const sums = totals(lines);
  const faults = lines.length > 0 ? report.faults : 0;
  return (
    <div>
      {report.may_fill && faults > 0 && !editor.dirty && (
        <p className={css.faultCount} data-testid="month-faults">
          {t('faults', { n: faults })}
        </p>
      )}
      <div className={css.scroll}>
        <table className={css.report}>
          <Head />
          <tbody>
            {lines.map((l, i) => (
              <Row
                key={l.project}
                at={i}
                line={l}
                saved={
                  report.lines.find((s) => s.project === l.project) ??
                  report.offered.find((s) => s.project === l.project)
                }
                report={report}
                editor={editor}
              />
            ))}
            {lines.length === 0 && (
              <tr>
                <td colSpan={17} className={css.noRows}>
                  {t('emptyForm')}
                </td>
              </tr>
            )}
          </tbody>
          <tfoot>
            <tr data-testid="month-totals">
              <td />
              <th scope="row">{t('total')}</th>
              {cells.map((cell) => (
                <td key={cell} className={css.figure} data-cell={cell}>
                  {shown(figureOf(sums, cell))}
                </td>
              ))}
              <td />
            </tr>
          </tfoot>
        </table>
      </div>
    </div>
  );
}

function Head() {
  const t = useWords(words);
  const three = (group: Group) =>
    measures.map((m) => (
      <th key={`${group} ${m}`}>
        {t(m === 'area_wan' ? 'area' : m)}
        <small>{t(m === 'area_wan' ? 'areaIn' : m === 'households' ? 'householdsIn' : 'buildingsIn')}</small>
      </th>
    ));
  return (
    <thead>
      <tr>
        <th rowSpan={3}>{t('number')}</th>
        <th colSpan={5}>{t('plan')}</th>
        <th colSpan={10}>{t('progress')}</th>
        <th rowSpan={3} className={css.remark}>
          {t('remark')}
        </th>
      </tr>
      <tr>
        <th rowSpan={2} className={css.name}>
          {t('name')}
        </th>
        {three('plan').map((th) => (
          <th key={th.key} rowSpan={2}>
            {th.props.children}
          </th>
        ))}
        <th rowSpan={2}>
          {t('investment')}
          <small>{t('moneyIn')}</small>
        </th>
        {groupColumns.map((g) => (
          <th key={g} colSpan={3}>
            {t(g)}
          </th>
        ))}
        <th rowSpan={2}>
          {t('spent')}
          <small>{t('moneyIn')}</small>
        </th>
      </tr>
      <tr>{groupColumns.map((g) => three(g))}</tr>
    </thead>
  );
}

interface RowProps {
  at: number;
  line: MonthLineDraft;
  saved: MonthLine | undefined;
  report: MonthReport;
  editor: ReportEditor;
}

function Row({ at, line, saved, report, editor }: RowProps) {
  const t = useWords(words);
  const openSheet = useWorkbench((s) => s.openSheet);
  const name = saved?.name ?? line.project;
  const over = tooMuch(line);
  const fill = report.may_fill;
  // What the server found holds for the row as it was saved.
  const same = saved && JSON.stringify(draftOf(saved)) === JSON.stringify(line);
  const problems = same ? saved.problems : [];
  const levelOf = (cell: Cell) =>
    cell.startsWith('g') && over.some((m) => cell.endsWith(m))
      ? 'fault'
      : (problems.find((p) => p.field === cell)?.level ?? '');
  const change = (by: (l: MonthLineDraft) => MonthLineDraft) => editor.editLine(line.project, by);
  return (
    <>
      <tr data-testid="month-row" data-project={line.project}>
        <td className={css.no}>{at + 1}</td>
        <th scope="row" className={css.name}>
          <button
            type="button"
            className={css.project}
            onClick={() => openSheet({ kind: 'project', code: line.project, part: 'progress' })}
          >
            {name}
          </button>
          {saved?.carried_over && <span className={css.tag}>{t('carried')}</span>}
          {fill && <Quick line={line} saved={saved} editor={editor} />}
        </th>
        {cells.map((cell) => (
          <td key={cell} className={css.figure} data-level={levelOf(cell)} data-cell={cell}>
            {fill ? (
              <FigureInput
                cell={cell}
                value={figureOf(line, cell)}
                label={`${name} ${cell}`}
                onChange={(n) => change((l) => withFigure(l, cell, n))}
              />
            ) : (
              shown(figureOf(line, cell))
            )}
          </td>
        ))}
        <td className={css.remark}>
          {fill ? (
            <Remarks line={line} saved={saved} problems={problems} change={change} />
          ) : (
            <Said line={line} />
          )}
        </td>
      </tr>
      {(problems.length > 0 || over.length > 0) && (
        <tr className={css.problems}>
          <td />
          <td colSpan={16}>
            {over.length > 0 && problems.length === 0 && <span data-level="fault">{t('sum')}</span>}
            {problems.map((p) => (
              <span key={p.field + p.text} data-level={p.level} data-testid="month-problem">
                {p.text}（{p.clause}）
              </span>
            ))}
          </td>
        </tr>
      )}
    </>
  );
}

/** Puts the whole plan into a group, or takes over what the data say. */
function Quick({ line, saved, editor }: Pick<RowProps, 'line' | 'saved' | 'editor'>) {
  const t = useWords(words);
  const proposed = saved?.proposed;
  return (
    <span className={css.quick}>
      {([null, 'g1', 'g2', 'g3'] as const).map((g) => (
        <button
          key={g ?? 'none'}
          type="button"
          aria-pressed={JSON.stringify(inGroup(line, g)) === JSON.stringify(line)}
          onClick={() => editor.editLine(line.project, (l) => inGroup(l, g))}
          data-testid={`quick-${g ?? 'none'}`}
        >
          {t(`short.${g ?? 'none'}`)}
        </button>
      ))}
      {proposed && (
        <Tip text={t('takeDataTip')}>
          <button
            type="button"
            onClick={() =>
              editor.editLine(line.project, (l) => ({ ...l, ...proposed, spent_wan: l.spent_wan }))
            }
          >
            {t('takeData')}
          </button>
        </Tip>
      )}
      {saved?.carried_over && (
        <IconButton icon="trash" small label={t('dropRow')} onClick={() => editor.dropLine(line.project)} />
      )}
    </span>
  );
}

function FigureInput({
  cell,
  value,
  label,
  onChange,
}: {
  cell: Cell;
  value: number;
  label: string;
  onChange: (n: number) => void;
}) {
  // While a person types, the text is theirs: "1." is on its way to "1.5".
  const [text, setText] = useState<string | null>(null);
  const read = text === null ? value : readFigure(cell, text);
  return (
    <input
      className={css.cell}
      inputMode="decimal"
      aria-label={label}
      aria-invalid={read === null || undefined}
      value={text ?? (value === 0 ? '' : shown(value))}
      placeholder="0"
      onFocus={(e) => e.target.select()}
      onChange={(e) => {
        setText(e.target.value);
        const n = readFigure(cell, e.target.value);
        if (n !== null && n !== value) onChange(n);
      }}
      onBlur={() => read !== null && setText(null)}
    />
  );
}

function Remarks({
  line,
  saved,
  problems,
  change,
}: {
  line: MonthLineDraft;
  saved: MonthLine | undefined;
  problems: readonly { field: string; level: string }[];
  change: (by: (l: MonthLineDraft) => MonthLineDraft) => void;
}) {
  const t = useWords(words);
  const before = saved?.before;
  const shrunk =
    !!before &&
    (line.spent_wan < before.spent_wan ||
      tooMuch({ ...line, plan: line.g3, g3: before.g3, g1: zero, g2: zero }).length > 0);
  const faulty = (field: string) =>
    problems.some((p) => p.field === field && p.level === 'fault') || undefined;
  return (
    <>
      <textarea
        className={`${ui.input} ${css.remarkText}`}
        rows={1}
        aria-label={`${saved?.name ?? line.project} ${t('remark')}`}
        aria-invalid={faulty('remark')}
        placeholder={waits(line) ? t('needsRemark') : ''}
        maxLength={500}
        value={line.remark}
        onChange={(e) => {
          const { value } = e.target;
          change((l) => ({ ...l, remark: value }));
        }}
        data-testid="month-remark"
      />
      {waits(line) && (
        <label className={css.startsOn}>
          {t('startsOn')}
          <input
            type="date"
            className={ui.input}
            aria-invalid={faulty('starts_on')}
            value={line.starts_on ?? ''}
            onChange={(e) => {
              const { value } = e.target;
              change((l) => ({ ...l, starts_on: value || null }));
            }}
            data-testid="month-starts"
          />
        </label>
      )}
      {(shrunk || line.correction) && (
        <input
          className={ui.input}
          placeholder={t('correction')}
          aria-label={t('correction')}
          maxLength={300}
          value={line.correction ?? ''}
          onChange={(e) => {
            const { value } = e.target;
            change((l) => ({ ...l, correction: value }));
          }}
          data-testid="month-correction"
        />
      )}
      {before && (
        <small className={css.before}>
          {t('before', {
            month: before.month,
            area: shown(before.g3.area_wan),
            households: before.g3.households,
            spent: shown(before.spent_wan),
          })}
        </small>
      )}
    </>
  );
}
const zero = { area_wan: 0, households: 0, buildings: 0 };

function Said({ line }: { line: MonthLineDraft }) {
  const t = useWords(words);
  return (
    <>
      {line.remark}
      {waits(line) && line.starts_on && (
        <small className={css.before}>
          {t('startsOn')} {line.starts_on}
        </small>
      )}
      {line.correction && (
        <small className={css.before}>
          {t('correction')}：{line.correction}
        </small>
      )}
    </>
  );
}
