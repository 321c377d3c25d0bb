// What a line does to a zone, as far as the map can tell before the server has
// answered: which zone it is meant for, and how the outline would run.
import type { MultiPolygon } from 'geojson';
import type { Position, Zone } from '../api/nouns';
import { metresBetween } from '../map/mercator';
import { inRing } from './sketch';

type Ring = readonly Position[];
type Outlined = Pick<Zone, 'geometry' | 'bbox'>;

interface Foot {
  at: Position;
  part: number;
  ring: number;
  /** The edge from point `edge` to the next one, and how far along it (0 to 1). */
  edge: number;
  t: number;
  metres: number;
}

/** The point of a zone's outline that is nearest to a position. */
export function footOn(geometry: MultiPolygon, p: Position): Foot | null {
  const k = Math.cos((p[1] * Math.PI) / 180);
  let best: Foot | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [part, rings] of geometry.coordinates.entries())
    for (const [ring, points] of rings.entries())
      for (let edge = 0; edge + 1 < points.length; edge++) {
        const [ax = 0, ay = 0] = points[edge] ?? [];
        const [bx = 0, by = 0] = points[edge + 1] ?? [];
        const ux = (bx - ax) * k;
        const uy = by - ay;
        const length = ux * ux + uy * uy;
        if (length === 0) continue;
        const t = Math.max(0, Math.min(1, ((p[0] - ax) * k * ux + (p[1] - ay) * uy) / length));
        const at: Position = [ax + t * (bx - ax), ay + t * (by - ay)];
        const d = ((p[0] - at[0]) * k) ** 2 + (p[1] - at[1]) ** 2;
        if (d < least) {
          least = d;
          best = { at, part, ring, edge, t, metres: 0 };
        }
      }
  return best && { ...best, metres: metresBetween(p, best.at) };
}

/**
 * The outline after the stretch between the line's ends gave way to the line. Of
 * the two stretches that one goes which leaves more ground to the zone. Null where the
 * ends do not lie within `reach` metres of one ring.
 */
export function reshaped(geometry: MultiPolygon, line: Ring, reach: number): MultiPolygon | null {
  const first = line[0];
  const last = line.at(-1);
  if (!first || !last || line.length < 2) return null;
  const from = footOn(geometry, first);
  const to = footOn(geometry, last);
  if (!from || !to || from.metres > reach || to.metres > reach) return null;
  if (from.part !== to.part || from.ring !== to.ring) return null;
  const closed = geometry.coordinates[from.part]?.[from.ring] ?? [];
  const ring = closed.slice(0, -1).map((p): Position => [p[0] ?? 0, p[1] ?? 0]);
  const drawn = [from.at, ...line.slice(1, -1), to.at];
  const one = [...drawn, ...stretch(ring, to, from)];
  const other = [...[...drawn].reverse(), ...stretch(ring, from, to)];
  // A hole gives ground by shrinking.
  const larger = Math.abs(twiceArea(one)) >= Math.abs(twiceArea(other));
  const next = larger === (from.ring === 0) ? one : other;
  return {
    type: 'MultiPolygon',
    coordinates: geometry.coordinates.map((rings, i) =>
      rings.map((r, j) => (i === from.part && j === from.ring ? [...next, next[0] ?? [0, 0]] : r)),
    ),
  };
}

/** The ring's own points on the way forward from one foot to another. */
function stretch(ring: Ring, from: Foot, to: Foot): Position[] {
  const out: Position[] = [];
  const n = ring.length;
  const steps = from.edge === to.edge && to.t >= from.t ? 0 : (to.edge - from.edge + n) % n || n;
  for (let i = 1; i <= steps; i++) {
    const p = ring[(from.edge + i) % n];
    if (p) out.push(p);
  }
  return out;
}

function twiceArea(ring: Ring): number {
  const [ox, oy] = ring[0] ?? [0, 0];
  let sum = 0;
  for (const [i, a] of ring.entries()) {
    const b = ring[(i + 1) % ring.length] ?? a;
    sum += (a[0] - ox) * (b[1] - oy) - (b[0] - ox) * (a[1] - oy);
  }
  return sum;
}

/** Whether a point lies on the ground of a zone. */
export function inZone({ geometry, bbox }: Outlined, p: Position): boolean {
  if (p[0] < bbox[0] || p[0] > bbox[2] || p[1] < bbox[1] || p[1] > bbox[3]) return false;
  return geometry.coordinates.some(
    ([shell, ...holes]) =>
      inRing((shell ?? []) as Position[], p) && !holes.some((hole) => inRing(hole as Position[], p)),
  );
}

/** The zone that holds most of the line; null where none holds any of it. */
export function zoneUnder<Z extends Outlined>(zones: readonly Z[], line: Ring): Z | null {
  let best: Z | null = null;
  let most = 0;
  for (const zone of zones) {
    const held = along(line, 200).filter((p) => inZone(zone, p)).length;
    if (held > most) {
      most = held;
      best = zone;
    }
  }
  return best;
}

/** The zone on whose outline both ends of the line lie best, within `reach` metres. */
export function zoneBeside<Z extends Outlined>(zones: readonly Z[], line: Ring, reach: number): Z | null {
  const ends = [line[0], line.at(-1)];
  let best: Z | null = null;
  let least = reach;
  for (const zone of zones) {
    const away = Math.max(
      ...ends.map((p) => (p ? (footOn(zone.geometry, p)?.metres ?? Infinity) : Infinity)),
    );
    if (away < least || (away === least && best === null)) {
      least = away;
      best = zone;
    }
  }
  return best;
}

/** About `n` places spread evenly over the line. */
function along(line: Ring, n: number): Position[] {
  const lengths = line.slice(1).map((p, i) => metresBetween(line[i] ?? p, p));
  const whole = lengths.reduce((a, b) => a + b, 0);
  if (whole === 0) return line.slice(0, 1);
  return lengths.flatMap((length, i) => {
    const a = line[i] ?? [0, 0];
    const b = line[i + 1] ?? a;
    const steps = Math.max(1, Math.round((n * length) / whole));
    return Array.from({ length: steps }, (_, k): Position => {
      const t = (k + 0.5) / steps;
      return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
    });
  });
}
