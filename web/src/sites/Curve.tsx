// Households covered against the number of sites, with the bound as a band over
// it. A slider moves along it, a click asks for that number of sites.
import { type PointerEvent, useId, useState } from 'react';
import type { SitingAnswer } from '../api/nouns';
import { useWords } from '../language';
import { count } from '../language/format';
import { Button } from '../ui/Button';
import { chartOf, lastPaying, type Step, stepsOf } from './curve';
import own from './sites.module.css';
import { words } from './words';

const BOX = { width: 264, height: 140, left: 46, right: 12, top: 10, bottom: 20 };

export function Curve({
  answer: a,
  other,
  n,
  refused,
  busy,
  onAsk,
}: {
  answer: SitingAnswer;
  /** The answer is for another aim than most households, which the curve is for. */
  other: boolean;
  /** The number that the answer is for. */
  n: number;
  refused: string | null;
  busy: boolean;
  onAsk: (n: number) => void;
}) {
  const t = useWords(words);
  const steps = stepsOf(a.curve, a.before_households);
  const last = steps.length - 1;
  const [at, setAt] = useState<number | null>(null);
  if (last < 1) return null;
  const shown = Math.min(at ?? n, last);
  const step = steps[shown] ?? steps[0];
  const winnable = a.demand_households - a.before_households - a.hopeless_households;
  const paying = lastPaying(steps, winnable);
  return (
    <figure className={own.curve} data-testid="siting-curve" data-pays={paying ?? ''}>
      <figcaption>{t('curve')}</figcaption>
      <Picture steps={steps} shown={shown} paying={paying} onPoint={setAt} onAsk={onAsk} refused={refused} />
      <input
        type="range"
        min={0}
        max={last}
        value={shown}
        aria-label={t('chooseN')}
        aria-valuetext={step && t('curveAt', { n: step.n, households: count(step.households) })}
        onChange={(e) => setAt(Number(e.target.value))}
        data-testid="siting-curve-range"
      />
      {step && <Said step={step} />}
      <p className={own.quiet}>
        {other && `${t('curveModel')} `}
        {paying === null
          ? t('paysNone')
          : paying === steps[last]?.n
            ? t('paysAll')
            : t('pays', { n: paying })}
      </p>
      {step && step.n > 0 && step.n !== n && (
        <Button
          small
          refused={refused}
          disabled={busy}
          onClick={() => onAsk(step.n)}
          data-testid="siting-curve-ask"
        >
          {t('runAt', { n: step.n })}
        </Button>
      )}
      <Figures steps={steps} />
    </figure>
  );
}

function Said({ step }: { step: Step }) {
  const t = useWords(words);
  return (
    <p data-testid="siting-curve-said">
      {step.n === 0
        ? t('curveNone', { households: count(step.households) })
        : [
            t('curveAt', { n: step.n, households: count(step.households) }),
            t('curveGain', { n: count(step.gain) }),
            ...(step.bound > step.households + 0.5 ? [t('curveBound', { n: count(step.bound) })] : []),
          ].join(' · ')}
    </p>
  );
}

function Picture({
  steps,
  shown,
  paying,
  onPoint,
  onAsk,
  refused,
}: {
  steps: readonly Step[];
  shown: number;
  paying: number | null;
  onPoint: (index: number) => void;
  onAsk: (n: number) => void;
  refused: string | null;
}) {
  const t = useWords(words);
  const shade = useId();
  const c = chartOf(steps, BOX);
  const nearest = (e: PointerEvent<SVGSVGElement> | React.MouseEvent<SVGSVGElement>) => {
    const box = e.currentTarget.getBoundingClientRect();
    const x = ((e.clientX - box.left) / box.width) * BOX.width;
    let best = 0;
    for (const [i, s] of steps.entries())
      if (Math.abs(c.x(s.n) - x) < Math.abs(c.x(steps[best]?.n ?? 0) - x)) best = i;
    return best;
  };
  const now = steps[shown];
  const mark = steps.find((s) => s.n === paying);
  return (
    // The slider under the picture is what the keyboard moves.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see the button under it
    <svg
      viewBox={`0 0 ${BOX.width} ${BOX.height}`}
      role="img"
      aria-label={t('curve')}
      onPointerMove={(e) => onPoint(nearest(e))}
      onClick={(e) => {
        const n = steps[nearest(e)]?.n ?? 0;
        if (n > 0 && !refused) onAsk(n);
      }}
    >
      <defs>
        <pattern id={shade} width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="1.4" height="4" />
        </pattern>
      </defs>
      {c.across.map((v) => (
        <g key={v} className={own.across}>
          <line x1={BOX.left} x2={BOX.width - BOX.right} y1={c.y(v)} y2={c.y(v)} />
          <text x={BOX.left - 5} y={c.y(v)} textAnchor="end" dominantBaseline="central">
            {count(v)}
          </text>
        </g>
      ))}
      {c.below.map((n) => (
        <text key={n} className={own.below} x={c.x(n)} y={BOX.height - 6} textAnchor="middle">
          {n}
        </text>
      ))}
      <path className={own.band} d={c.band} fill={`url(#${shade})`} />
      <path className={own.line} d={c.line} />
      {mark && (
        <line
          className={own.pays}
          x1={c.x(mark.n)}
          x2={c.x(mark.n)}
          y1={c.y(mark.households)}
          y2={BOX.height - BOX.bottom}
        />
      )}
      {steps.length <= 60 &&
        steps.map((s) => (
          <circle key={s.n} className={own.dot} cx={c.x(s.n)} cy={c.y(s.households)} r={2.2} />
        ))}
      {now && <circle className={own.now} cx={c.x(now.n)} cy={c.y(now.households)} r={4.4} />}
    </svg>
  );
}

/** The same for those who would rather read it. */
function Figures({ steps }: { steps: readonly Step[] }) {
  const t = useWords(words);
  return (
    <details className={own.figures}>
      <summary>{t('asTable')}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('chooseN')}</th>
            <th scope="col">{t('households')}</th>
            <th scope="col">{t('gainCol')}</th>
            <th scope="col">{t('bound')}</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((s) => (
            <tr key={s.n}>
              <th scope="row">{s.n}</th>
              <td>{count(s.households)}</td>
              <td>{s.n ? count(s.gain) : '—'}</td>
              <td>{s.n ? count(s.bound) : '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
