// The rows of a survey: buildings and their stairwells, written like a spreadsheet.
import { type KeyboardEvent, useState } from 'react';
import { useWords } from '../language';
import { count, percent } from '../language/format';
import { Button, IconButton } from '../ui/Button';
import { Popover } from '../ui/Popover';
import ui from '../ui/ui.module.css';
import {
  type Fault,
  type Figure,
  figures,
  isArea,
  joinRows,
  numberOf,
  placeName,
  type Row,
  shareOf,
  splitRow,
} from './rows';
import css from './surveys.module.css';
import { words } from './words';

const titles = {
  households: 'households',
  floor_area_m2: 'area',
  asked: 'colAsked',
  agreed: 'colAgreed',
  disagreed: 'colDisagreed',
  agreed_area_m2: 'colAgreedArea',
} as const;

export function SurveyTable({
  rows,
  onChange,
  fault,
  masked,
}: {
  rows: readonly Row[];
  /** Absent: to be read only. */
  onChange?: (rows: Row[]) => void;
  fault: Fault | null;
  /** Rows whose counts are not shown, by their places. */
  masked: ReadonlySet<number>;
}) {
  const t = useWords(words);
  const set = (at: number, figure: Figure, text: string) =>
    onChange?.(rows.map((r, i) => (i === at ? { ...r, text: { ...r.text, [figure]: text } } : r)));
  const replace = (from: number, n: number, by: Row[]) =>
    onChange?.([...rows.slice(0, from), ...by, ...rows.slice(from + n)]);
  return (
    <table className={css.table} data-testid="survey-table" onKeyDown={moves}>
      <thead>
        <tr>
          <th>{t('building')}</th>
          <th>{t('stairwell')}</th>
          {figures.map((f) => (
            <th key={f} className={css.number}>
              {t(titles[f])}
            </th>
          ))}
          <th className={css.number}>{t('share')}</th>
          {onChange && <th />}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => {
          const first = rows[i - 1]?.building !== row.building;
          const size = rows.filter((r) => r.building === row.building).length;
          const place = placeName(row.name || t('whole'), row.stairwell);
          return (
            <tr key={`${row.building}/${row.stairwell}`} data-first={first} data-testid="survey-row">
              {first && (
                <th scope="rowgroup" rowSpan={size}>
                  {row.name || t('whole')}
                </th>
              )}
              <td>{row.stairwell || '—'}</td>
              {figures.map((f) => (
                <td key={f} className={css.number}>
                  {masked.has(i) && f !== 'households' && f !== 'floor_area_m2' ? (
                    <span className={css.masked} title={t('maskedWhy')}>
                      *
                    </span>
                  ) : onChange ? (
                    <input
                      className={ui.input}
                      inputMode="decimal"
                      value={row.text[f]}
                      data-row={i}
                      data-figure={f}
                      data-testid={`survey-${f}`}
                      aria-label={t('cell', { place, column: t(titles[f]) })}
                      aria-invalid={
                        numberOf(row.text[f], isArea(f)) === null || (fault?.row === i && fault.field === f)
                      }
                      title={fault?.row === i && fault.field === f ? fault.message : undefined}
                      onFocus={(e) => e.target.select()}
                      onChange={(e) => set(i, f, e.target.value)}
                    />
                  ) : (
                    count(numberOf(row.text[f], isArea(f)) ?? (isArea(f) ? null : 0))
                  )}
                </td>
              ))}
              <td className={css.number}>{masked.has(i) ? '*' : percent(shareOf(row))}</td>
              {onChange && (
                <td>
                  {first && row.building !== '' && (
                    <RowTools
                      size={size}
                      onSplit={(n) =>
                        replace(
                          i,
                          1,
                          splitRow(row, n, (k) => t('stairwellN', { n: k })),
                        )
                      }
                      onJoin={() => {
                        const joined = joinRows(rows.slice(i, i + size));
                        if (joined) replace(i, size, [joined]);
                      }}
                    />
                  )}
                </td>
              )}
            </tr>
          );
        })}
      </tbody>
      <tfoot>
        <Totals rows={rows} masked={masked.size > 0} tools={!!onChange} />
      </tfoot>
    </table>
  );
}

function Totals({ rows, masked, tools }: { rows: readonly Row[]; masked: boolean; tools: boolean }) {
  const t = useWords(words);
  const sum = (f: Figure) => {
    const values = rows.map((r) => numberOf(r.text[f], isArea(f)));
    // An area that is not known of every row says nothing of the whole.
    const needs = (r: Row) => f === 'floor_area_m2' || (numberOf(r.text.agreed, false) ?? 0) > 0;
    if (isArea(f) && rows.some((r, i) => needs(r) && typeof values[i] !== 'number')) return null;
    return values.reduce<number>((s, v) => s + (v ?? 0), 0);
  };
  const households = sum('households');
  const agreed = sum('agreed');
  return (
    <tr data-testid="survey-totals">
      <th scope="row" colSpan={2}>
        {t('total')}
      </th>
      {figures.map((f) => (
        <td key={f} className={css.number}>
          {masked && f !== 'households' && f !== 'floor_area_m2' ? '*' : count(sum(f))}
        </td>
      ))}
      <td className={css.number}>
        {masked ? '*' : percent(households && agreed !== null ? agreed / households : null)}
      </td>
      {tools && <td />}
    </tr>
  );
}

function RowTools({
  size,
  onSplit,
  onJoin,
}: {
  size: number;
  onSplit: (n: number) => void;
  onJoin: () => void;
}) {
  const t = useWords(words);
  const [n, setN] = useState('3');
  const wanted = Number(n);
  const fits = Number.isInteger(wanted) && wanted >= 2 && wanted <= 30;
  if (size > 1)
    return (
      <IconButton icon="merge" small label={t('joinStairs')} onClick={onJoin} data-testid="survey-join" />
    );
  return (
    <Popover
      trigger={
        <button type="button" className={`${ui.button} ${ui.small} ${ui.ghost}`} data-testid="survey-split">
          {t('split')}
        </button>
      }
    >
      <form
        className={css.split}
        onSubmit={(e) => {
          e.preventDefault();
          if (fits) onSplit(wanted);
        }}
      >
        <label>
          {t('splitInto')}
          <input
            className={ui.input}
            inputMode="numeric"
            value={n}
            onChange={(e) => setN(e.target.value)}
            data-testid="survey-split-n"
          />
        </label>
        <Button small tone="primary" type="submit" disabled={!fits} data-testid="survey-split-do">
          {t('splitDo')}
        </Button>
      </form>
    </Popover>
  );
}

/** Enter and the arrows go to the same column of another row, as in a spreadsheet. */
function moves(e: KeyboardEvent<HTMLTableElement>) {
  const from = e.target;
  if (!(from instanceof HTMLInputElement) || from.dataset.row === undefined) return;
  const step = e.key === 'ArrowUp' ? -1 : e.key === 'ArrowDown' || e.key === 'Enter' ? 1 : 0;
  if (!step) return;
  e.preventDefault();
  e.currentTarget
    .querySelector<HTMLInputElement>(
      `input[data-figure="${from.dataset.figure}"][data-row="${Number(from.dataset.row) + step}"]`,
    )
    ?.focus();
}
