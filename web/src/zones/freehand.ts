// A ring drawn in one go holds a point for every few pixels of the hand; what
// is kept are the points that the eye would miss.

export type Pixel = readonly [x: number, y: number];

/** Pixels that the kept outline may lie off the hand's path. */
export const FREEHAND_TOLERANCE = 2.5;

/**
 * The indices of the points of a closed ring that stay within `tolerance` of all
 * that are left out (Douglas-Peucker from the first point and the one farthest
 * from it). A ring that has no width to speak of comes back empty.
 */
export function simplifyRing(points: readonly Pixel[], tolerance: number): number[] {
  const first = points[0];
  if (!first || points.length < 3) return [];
  let far = 0;
  let farAway = 0;
  for (const [i, p] of points.entries()) {
    const d = Math.hypot(p[0] - first[0], p[1] - first[1]);
    if (d > farAway) {
      far = i;
      farAway = d;
    }
  }
  if (farAway <= tolerance) return [];
  const kept = new Set<number>([0, far]);
  const closed = [...points, first];
  keep(closed, 0, far, tolerance, kept);
  keep(closed, far, points.length, tolerance, kept);
  kept.delete(points.length);
  return kept.size < 3 ? [] : [...kept].sort((a, b) => a - b);
}

/** Adds to `kept` what is needed between two kept points; a list instead of recursion, for long paths. */
function keep(
  points: readonly Pixel[],
  from: number,
  to: number,
  tolerance: number,
  kept: Set<number>,
): void {
  const todo: [number, number][] = [[from, to]];
  for (let span = todo.pop(); span; span = todo.pop()) {
    const [a, b] = span;
    let worst = -1;
    let off = tolerance;
    for (let i = a + 1; i < b; i++) {
      const d = distanceToSegment(points[i], points[a], points[b]);
      if (d > off) {
        worst = i;
        off = d;
      }
    }
    if (worst < 0) continue;
    kept.add(worst);
    todo.push([a, worst], [worst, b]);
  }
}

export function distanceToSegment(p: Pixel | undefined, a: Pixel | undefined, b: Pixel | undefined): number {
  if (!p || !a || !b) return 0;
  const ux = b[0] - a[0];
  const uy = b[1] - a[1];
  const length = ux * ux + uy * uy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((p[0] - a[0]) * ux + (p[1] - a[1]) * uy) / length));
  return Math.hypot(p[0] - a[0] - t * ux, p[1] - a[1] - t * uy);
}
