// How a new ring lies to what is already drawn. Two parts of a zone may meet in
// points but not share ground or an edge; a hole lies inside its part.
import type { Position } from '../api/nouns';
import { inRing, type Sketch } from './sketch';

/** Why a ring cannot become part of the sketch. */
export type Clash = 'overlap' | 'edge' | 'outside';

type Ring = readonly Position[];
type Box = readonly [west: number, south: number, east: number, north: number];

/** Degrees (0.1 mm) within which a snapped corner counts as lying on an edge. */
const ON = 1e-9;

/** What speaks against closing `ring` into the sketch, as a further part or as a hole of a part; null: nothing. */
export function clashOf(sketch: Sketch, ring: Ring, target: Sketch['target'] = sketch.target): Clash | null {
  if (target.kind === 'part') return clashOfPart(sketch.parts, ring);
  const [shell, ...holes] = sketch.parts[target.part] ?? [];
  if (!shell) return 'outside';
  const lies = against(ring, [shell]);
  if (lies.outside || pokesInto(shell, ring)) return 'outside';
  if (lies.on) return 'edge';
  return clashOfPart(
    holes.map((hole) => [hole]),
    ring,
  );
}

/** What speaks against a further part. */
export function clashOfPart(parts: Sketch['parts'], ring: Ring): Clash | null {
  const box = boxOf(ring);
  let shares = false;
  for (const part of parts) {
    const [shell] = part;
    if (!shell || !meet(box, boxOf(shell))) continue;
    const lies = against(ring, part);
    if (lies.inside || against(shell, [ring]).inside) return 'overlap';
    // All of it on the outline, and not around a hole: the same ring again.
    if (!lies.outside && !against(ring, [shell]).inside) return 'overlap';
    shares ||= lies.on;
  }
  return shares ? 'edge' : null;
}

/** Whether moving a part has brought it onto another one. */
export function clashOfMoved(sketch: Sketch, index: number): Clash | null {
  const shell = sketch.parts[index]?.[0];
  return shell
    ? clashOfPart(
        sketch.parts.filter((_, i) => i !== index),
        shell,
      )
    : null;
}

/** Whether an edge of the shell runs through the inside of the hole: the hole is then not inside. */
const pokesInto = (shell: Ring, hole: Ring): boolean => against(shell, [hole]).inside;

/**
 * Where the edges of a ring run, seen from a polygon with holes. Each edge is cut
 * where it meets the polygon's outline, so that each piece is in one place only.
 */
function against(ring: Ring, polygon: readonly Ring[]): { inside: boolean; outside: boolean; on: boolean } {
  const found = { inside: false, outside: false, on: false };
  const boxes = polygon.map(boxOf);
  for (const [i, p] of ring.entries()) {
    const q = ring[(i + 1) % ring.length];
    if (!q) continue;
    const edge: Box = [
      Math.min(p[0], q[0]),
      Math.min(p[1], q[1]),
      Math.max(p[0], q[0]),
      Math.max(p[1], q[1]),
    ];
    const cuts = [0, 1];
    for (const [k, other] of polygon.entries()) {
      const box = boxes[k];
      if (box && meet(edge, box)) cut(p, q, edge, other, cuts);
    }
    cuts.sort((a, b) => a - b);
    for (let c = 1; c < cuts.length; c++) {
      const from = cuts[c - 1] ?? 0;
      const to = cuts[c] ?? 1;
      if ((to - from) * Math.hypot(q[0] - p[0], q[1] - p[1]) < 2 * ON) continue;
      const t = (from + to) / 2;
      const middle: Position = [p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])];
      if (polygon.some((r, k) => onRing(r, middle, boxes[k]))) found.on = true;
      else if (inRing(polygon[0] ?? [], middle) && !polygon.slice(1).some((hole) => inRing(hole, middle)))
        found.inside = true;
      else found.outside = true;
    }
  }
  return found;
}

/** Adds where (0 to 1) the edge p–q meets the edges of a ring. */
function cut(p: Position, q: Position, edge: Box, ring: Ring, cuts: number[]): void {
  const ux = q[0] - p[0];
  const uy = q[1] - p[1];
  const length = ux * ux + uy * uy;
  if (length === 0) return;
  for (const [i, a] of ring.entries()) {
    const b = ring[(i + 1) % ring.length];
    if (!b) continue;
    if (
      Math.max(a[0], b[0]) < edge[0] - ON ||
      Math.min(a[0], b[0]) > edge[2] + ON ||
      Math.max(a[1], b[1]) < edge[1] - ON ||
      Math.min(a[1], b[1]) > edge[3] + ON
    )
      continue;
    const vx = b[0] - a[0];
    const vy = b[1] - a[1];
    const denominator = ux * vy - uy * vx;
    if (denominator !== 0) {
      const t = ((a[0] - p[0]) * vy - (a[1] - p[1]) * vx) / denominator;
      const s = ((a[0] - p[0]) * uy - (a[1] - p[1]) * ux) / denominator;
      if (t > 0 && t < 1 && s >= -ON && s <= 1 + ON) cuts.push(t);
    }
    // A corner of the ring on the edge, also where the two run along each other.
    const t = ((a[0] - p[0]) * ux + (a[1] - p[1]) * uy) / length;
    if (t > 0 && t < 1 && Math.hypot(p[0] + t * ux - a[0], p[1] + t * uy - a[1]) <= ON) cuts.push(t);
  }
}

function onRing(ring: Ring, [x, y]: Position, box: Box | undefined): boolean {
  if (!box || x < box[0] - ON || x > box[2] + ON || y < box[1] - ON || y > box[3] + ON) return false;
  return ring.some((a, i) => {
    const b = ring[(i + 1) % ring.length] ?? a;
    const ux = b[0] - a[0];
    const uy = b[1] - a[1];
    const length = ux * ux + uy * uy;
    const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - a[0]) * ux + (y - a[1]) * uy) / length));
    return Math.hypot(x - a[0] - t * ux, y - a[1] - t * uy) <= ON;
  });
}

function boxOf(ring: Ring): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of ring) {
    west = Math.min(west, x);
    east = Math.max(east, x);
    south = Math.min(south, y);
    north = Math.max(north, y);
  }
  return [west, south, east, north];
}
const meet = (a: Box, b: Box): boolean =>
  a[0] <= b[2] + ON && b[0] <= a[2] + ON && a[1] <= b[3] + ON && b[1] <= a[3] + ON;
