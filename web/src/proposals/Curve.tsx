import type { Proposal } from '../api/nouns';
import own from './proposals.module.css';

const W = 240;
const H = 44;

/** How the answer grew towards its bound; the dashed line is the bound. */
export function Curve({ points, bound, label }: { points: Proposal['curve']; bound: number; label: string }) {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || points.length < 2 || last.seconds < 0.3) return null;
  const low = Math.min(first.value, bound) * 0.98;
  const high = Math.max(bound, last.value);
  const x = (s: number) => (W * s) / (last.seconds || 1);
  const y = (v: number) => H - 2 - ((H - 6) * (v - low)) / (high - low || 1);
  const path = points.map(
    (p, i) =>
      `${i ? `H${x(p.seconds).toFixed(1)}V` : `M${x(p.seconds).toFixed(1)},`}${y(p.value).toFixed(1)}`,
  );
  return (
    <svg className={own.curve} viewBox={`0 0 ${W} ${H}`} role="img" aria-label={label}>
      <line x1={0} x2={W} y1={y(bound)} y2={y(bound)} strokeDasharray="4 3" />
      <path d={path.join('')} />
    </svg>
  );
}
