// Households covered against the number of new sites: where more sites stop
// paying, and the geometry of the picture.
import type { SitingPoint } from '../api/nouns';

/** A further site pays while it wins at least this part of all households that new sites can win. */
export const PAYS = 0.02;

export interface Step extends SitingPoint {
  /** Households more than with one site less. */
  gain: number;
}

/** The curve by n, beginning with what is covered without new sites. */
export function stepsOf(points: readonly SitingPoint[], before: number): Step[] {
  const known = points.filter((p) => p.n > 0).sort((a, b) => a.n - b.n);
  let last = before;
  const steps: Step[] = [{ n: 0, households: before, bound: before, gain: 0 }];
  for (const p of known) {
    steps.push({ ...p, gain: p.households - last });
    last = p.households;
  }
  return steps;
}

/**
 * The last n whose site still pays; null where not even the first one does. `winnable` are the
 * households that are not covered and that some candidate can cover.
 */
export function lastPaying(steps: readonly Step[], winnable: number): number | null {
  if (!(winnable > 0)) return null;
  let last: number | null = null;
  for (const s of steps.slice(1)) {
    if (s.gain < PAYS * winnable) break;
    last = s.n;
  }
  return last;
}

export interface Chart {
  x: (n: number) => number;
  y: (households: number) => number;
  /** What was found, as an SVG path. */
  line: string;
  /** Between what was found and the bound. */
  band: string;
  /** Values of the lines across, from below. */
  across: number[];
  /** Numbers of sites that are written under the picture. */
  below: number[];
}
export interface Box {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export function chartOf(steps: readonly Step[], box: Box): Chart {
  const last = steps.at(-1)?.n ?? 1;
  const values = steps.flatMap((s) => [s.households, s.bound]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const across = ticks(low, high, 3);
  const [floor = low, ceiling = high] = [
    Math.min(low, across[0] ?? low),
    Math.max(high, across.at(-1) ?? high),
  ];
  const x = (n: number) => round(box.left + ((box.width - box.left - box.right) * n) / Math.max(1, last));
  const y = (v: number) =>
    round(
      box.height - box.bottom - ((box.height - box.top - box.bottom) * (v - floor)) / (ceiling - floor || 1),
    );
  const points = (of: (s: Step) => number) => steps.map((s) => `${x(s.n)},${y(of(s))}`);
  return {
    x,
    y,
    line: `M${points((s) => s.households).join('L')}`,
    band: `M${points((s) => s.bound).join('L')}L${points((s) => s.households)
      .reverse()
      .join('L')}Z`,
    across,
    below: ticks(0, last, Math.min(last, 6)).filter((n) => Number.isInteger(n) && n <= last),
  };
}

/** Round values around the range, about `count` steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= raw * 0.999) ?? 10);
  const first = Math.floor(low / step);
  const end = Math.ceil(high / step - 1e-9);
  return Array.from({ length: end - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const round = (v: number) => Math.round(100 * v) / 100;
