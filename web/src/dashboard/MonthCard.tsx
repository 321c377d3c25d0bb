// The year by its monthly reports: area done, under way and preparing, beside the plan.
import type { Board } from '../api/dashboard';
import { useWords } from '../language';
import { floorArea, share } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { barsOf, lastMonth, yuan } from './board';
import { Card } from './Card';
import own from './dashboard.module.css';
import { words } from './words';

const BOX = { width: 860, height: 92, left: 34, bottom: 16, top: 6, right: 2 };

export function MonthCard({ board: b }: { board: Board }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const last = lastMonth(b.months);
  return (
    <Card
      area="months"
      name={t('months')}
      aside={
        <span className={own.legend}>
          {([3, 2, 1, 0] as const).map((g) => (
            <span key={g}>
              <i data-group={g} />
              {g ? t(`group${g}`) : t('notBegun')}
            </span>
          ))}
        </span>
      }
    >
      {last ? (
        <>
          <Picture board={b} />
          <p className={own.note}>
            {t('handedIn', { month: Number(last.month.slice(5)), n: last.reports, of: last.owed })} ·{' '}
            {t('spent', {
              spent: yuan(last.spent_yuan, language),
              all: yuan(last.invested_yuan, language),
            })}{' '}
            ({share(last.spent_yuan, last.invested_yuan)}) ·{' '}
            {b.stages
              .filter((s) => s.projects > 0)
              .map((s) => `${t(`stage.${s.stage}`)} ${s.projects}`)
              .join(' · ')}
          </p>
        </>
      ) : (
        <p className={own.note}>{t('noMonths')}</p>
      )}
    </Card>
  );
}

function Picture({ board: b }: { board: Board }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const { bars, top } = barsOf(b.months);
  const inner = { w: BOX.width - BOX.left - BOX.right, h: BOX.height - BOX.top - BOX.bottom };
  const step = inner.w / 12;
  const y = (v: number) => BOX.top + inner.h * (1 - v);
  return (
    <svg
      className={own.chart}
      viewBox={`0 0 ${BOX.width} ${BOX.height}`}
      role="img"
      aria-label={t('months')}
      data-testid="board-chart"
    >
      {[0, 0.5, 1].map((v) => (
        <g key={v}>
          <line x1={BOX.left} x2={BOX.width - BOX.right} y1={y(v)} y2={y(v)} />
          <text x={BOX.left - 4} y={y(v) + 3.5} textAnchor="end">
            {((v * top) / 10_000).toFixed(top >= 100_000 ? 0 : 1)}
          </text>
        </g>
      ))}
      {bars.map((bar) => (
        <g key={bar.month}>
          <title>
            {t('monthSaid', {
              month: bar.month,
              n: bar.sum.reports,
              of: bar.sum.owed,
              done: floorArea(bar.sum.done_m2, language),
              working: floorArea(bar.sum.working_m2, language),
              preparing: floorArea(bar.sum.preparing_m2, language),
            })}
          </title>
          {bar.parts.map((p) => (
            <rect
              key={p.group}
              data-group={p.group}
              x={BOX.left + (bar.month - 1) * step + step * 0.18}
              width={step * 0.64}
              y={y(p.to)}
              height={Math.max(0, y(p.from) - y(p.to))}
            />
          ))}
          <text
            x={BOX.left + (bar.month - 0.5) * step}
            y={BOX.height - 3}
            textAnchor="middle"
            data-state={bar.sum.state}
          >
            {bar.month}
          </text>
        </g>
      ))}
    </svg>
  );
}
