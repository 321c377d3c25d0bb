// The geometry of a radar: an axis for each facility type, clockwise from the
// top, and on each the share of households that have it within reach.
export interface Spoke {
  /** Number of the axis, from 1. */
  number: number;
  /** End of the axis. */
  end: Point;
  /** Where its number stands, a little beyond the end. */
  label: Point;
  /** Where the share is on the axis; null where there is none. */
  value: Point | null;
}
export interface Point {
  x: number;
  y: number;
}

export function radarOf(shares: readonly (number | null)[], centre: number, radius: number): Spoke[] {
  return shares.map((share, i) => {
    const angle = (2 * Math.PI * i) / shares.length - Math.PI / 2;
    const at = (r: number): Point => ({
      x: round(centre + r * Math.cos(angle)),
      y: round(centre + r * Math.sin(angle)),
    });
    return {
      number: i + 1,
      end: at(radius),
      label: at(radius + 10),
      value: share === null ? null : at(radius * Math.min(1, Math.max(0, share))),
    };
  });
}

/** The outline of the shares as points of an SVG polygon; axes without a share are passed over. */
export const outlineOf = (spokes: readonly Spoke[]): string =>
  spokes.flatMap((s) => (s.value ? [`${s.value.x},${s.value.y}`] : [])).join(' ');

const round = (v: number) => Math.round(100 * v) / 100;
