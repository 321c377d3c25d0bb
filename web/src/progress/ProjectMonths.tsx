// A project's figures month by month, and the row of the month that is due,
// which its owner fills in here.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type AreaDoubt,
  type MonthLineDraft,
  type ProjectMonth,
  saveProjectMonth,
  useProjectMonth,
  useProjectMonths,
} from '../api/progress';
import { keys } from '../api/queries';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { Failure, Notice, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import css from './progress.module.css';
import { type Cell, draftOf, figureOf, inGroup, monthOf, readFigure, shown, waits, withFigure } from './row';
import { words } from './words';

export function ProjectMonths({ code }: { code: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const month = useWorkbench((s) => s.month) ?? monthOf(new Date());
  const now = useProjectMonth(district, code, month);
  const all = useProjectMonths(district, code);
  return (
    <>
      <h3 className={css.pageHead}>{t('months')}</h3>
      {now.isError && <Failure error={now.error} retry={() => void now.refetch()} />}
      {now.data?.line && (
        <MonthForm
          key={`${month} ${now.data.version}`}
          code={code}
          row={now.data}
          line={draftOf(now.data.line)}
        />
      )}
      {now.data && !now.data.line && (
        <p className={css.quiet}>{t('notReported', { year: month.slice(0, 4) })}</p>
      )}
      {all.isLoading && <Waiting />}
      {all.data && <History rows={all.data} />}
    </>
  );
}

const filled: readonly Cell[] = [
  'plan.area_wan',
  'plan.households',
  'plan.buildings',
  'investment_wan',
  'spent_wan',
];
const names: Record<string, 'area' | 'households' | 'buildings' | 'investment' | 'spent'> = {
  'plan.area_wan': 'area',
  'plan.households': 'households',
  'plan.buildings': 'buildings',
  investment_wan: 'investment',
  spent_wan: 'spent',
};

function MonthForm({ code, row, line }: { code: string; row: ProjectMonth; line: MonthLineDraft }) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const [typed, setTyped] = useState<MonthLineDraft | null>(null);
  const [texts, setTexts] = useState<Partial<Record<Cell, string>>>({});
  const [doubts, setDoubts] = useState<readonly AreaDoubt[] | null>(null);
  const draft = typed ?? line;
  const save = async (what: MonthLineDraft, confirmed: boolean) => {
    try {
      await saveProjectMonth(district, code, row.month, row.version, what, confirmed);
      setDoubts(null);
      say(t('saved'));
      void client.invalidateQueries({ queryKey: keys.progress(district) });
    } catch (error) {
      if (error instanceof Problem && error.kind === 'area-unit')
        setDoubts((error.current as AreaDoubt[] | null) ?? []);
      else say(sentence(error), { bad: true });
    }
  };
  const group = (['g1', 'g2', 'g3'] as const).find(
    (g) => JSON.stringify(inGroup(draft, g)) === JSON.stringify(draft),
  );
  return (
    <div className={css.part} data-testid="project-month">
      <div className={css.targetHead}>
        <strong>
          {row.month}　{row.form_name}　{row.unit.name}
        </strong>
        <span className={css.state} data-state={row.state}>
          {t(`state.${row.state}`)}
        </span>
      </div>
      {!row.saved && <small>{t('proposedNow')}</small>}
      <div className={css.monthForm}>
        {filled.map((cell) => (
          <Field key={cell} label={t(names[cell] ?? 'area')}>
            {(id) => (
              <input
                id={id}
                className={ui.input}
                inputMode="decimal"
                readOnly={!row.may_fill}
                value={texts[cell] ?? shown(figureOf(draft, cell))}
                onChange={(e) => {
                  setTexts({ ...texts, [cell]: e.target.value });
                  const n = readFigure(cell, e.target.value);
                  if (n !== null) setTyped(withFigure(draft, cell, n));
                }}
                data-testid={`own-${cell}`}
              />
            )}
          </Field>
        ))}
      </div>
      <div className={css.quick} role="group" aria-label={t('groupNow')}>
        {([null, 'g1', 'g2', 'g3'] as const).map((g) => (
          <button
            key={g ?? 'none'}
            type="button"
            disabled={!row.may_fill}
            aria-pressed={(group ?? null) === g && (g !== null || waits(draft))}
            onClick={() => setTyped(inGroup(draft, g))}
          >
            {t(g ?? 'short.none')}
          </button>
        ))}
      </div>
      {waits(draft) && (
        <div className={css.partRow}>
          <Field label={t('remark')}>
            {(id) => (
              <input
                id={id}
                className={ui.input}
                placeholder={t('needsRemark')}
                readOnly={!row.may_fill}
                value={draft.remark}
                onChange={(e) => setTyped({ ...draft, remark: e.target.value })}
              />
            )}
          </Field>
          <Field label={t('startsOn')}>
            {(id) => (
              <input
                id={id}
                type="date"
                className={ui.input}
                readOnly={!row.may_fill}
                value={draft.starts_on ?? ''}
                onChange={(e) => setTyped({ ...draft, starts_on: e.target.value || null })}
              />
            )}
          </Field>
        </div>
      )}
      {row.line?.problems
        .filter(() => !typed)
        .map((p) => (
          <span key={p.field + p.text} className={css.problem} data-level={p.level}>
            {p.text}（{p.clause}）
          </span>
        ))}
      {row.may_fill && (
        <div>
          <Button
            small
            tone="primary"
            disabled={row.saved && !typed}
            onClick={() => void save(draft, false)}
            data-testid="own-save"
          >
            {t('save')}
          </Button>
        </div>
      )}
      <Dialog
        open={doubts !== null}
        onClose={() => setDoubts(null)}
        title={t('areaTitle')}
        foot={
          <>
            <Button onClick={() => void save(draft, true)}>{t('areaKeep')}</Button>
            <Button
              tone="primary"
              onClick={() => {
                setTexts({});
                setTyped((doubts ?? []).reduce((l, q) => withFigure(l, q.field as Cell, q.suggested), draft));
                setDoubts(null);
              }}
            >
              {t('areaFix')}
            </Button>
          </>
        }
      >
        {doubts?.map((q) => (
          <p key={q.field}>{q.text}</p>
        ))}
      </Dialog>
    </div>
  );
}

function History({ rows }: { rows: readonly ProjectMonth[] }) {
  const t = useWords(words);
  const openSheet = useWorkbench((s) => s.openSheet);
  if (rows.length === 0) return <Notice>{t('noMonths')}</Notice>;
  const cells: readonly Cell[] = [
    'plan.area_wan',
    'g1.area_wan',
    'g2.area_wan',
    'g3.area_wan',
    'investment_wan',
    'spent_wan',
  ];
  return (
    <table className={css.history} data-testid="project-months">
      <thead>
        <tr>
          <th>{t('month')}</th>
          <th />
          <th>
            {t('plan')} {t('areaIn')}
          </th>
          <th>{t('short.g1')}</th>
          <th>{t('short.g2')}</th>
          <th>{t('short.g3')}</th>
          <th>
            {t('investment')} {t('moneyIn')}
          </th>
          <th>{t('spent')}</th>
          <th>{t('remark')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((r) => (
          <tr key={`${r.month} ${r.id}`}>
            <td>
              <button
                type="button"
                className={css.project}
                onClick={() => r.id && openSheet({ kind: 'month', code: r.month, part: r.id })}
              >
                {r.month}
              </button>
            </td>
            <td>
              <span className={css.state} data-state={r.state}>
                {t(`state.${r.state}`)}
              </span>
            </td>
            {cells.map((cell) => (
              <td key={cell} className={css.figure}>
                {r.line ? shown(figureOf(r.line, cell)) : ''}
              </td>
            ))}
            <td>{r.line?.remark}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
