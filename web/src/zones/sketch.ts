// A zone while it is drawn: pure data and pure edits. Every edit returns a new
// sketch that shares what it did not touch, so that undo is a list of sketches.
import { area } from '@turf/area';
import { kinks } from '@turf/kinks';
import type { MultiPolygon } from 'geojson';
import type { Position } from '../api/nouns';
import { circle } from '../map/circle';
import { metresBetween } from '../map/mercator';

/** Open rings: the first point is not repeated. rings[0] is the shell, the others are holes. */
export interface Sketch {
  parts: readonly (readonly (readonly Position[])[])[];
  /** The ring that is being drawn, not yet closed. */
  open: readonly Position[];
  /** What the open ring becomes when it is closed: a new part, or a hole of a part. */
  target: { kind: 'part' } | { kind: 'hole'; part: number };
}
export interface VertexAt {
  part: number;
  ring: number;
  index: number;
}
export const MAX_POINTS = 10_000;
export const blank: Sketch = { parts: [], open: [], target: { kind: 'part' } };

const samePoint = (a: Position | undefined, b: Position | undefined) =>
  a !== undefined && b !== undefined && Math.abs(a[0] - b[0]) < 1e-9 && Math.abs(a[1] - b[1]) < 1e-9;

export function addPoint(s: Sketch, p: Position): Sketch {
  return samePoint(s.open.at(-1), p) ? s : { ...s, open: [...s.open, p] };
}
export function dropLastPoint(s: Sketch): Sketch {
  return s.open.length ? { ...s, open: s.open.slice(0, -1) } : s;
}
export function dropOpenPoint(s: Sketch, index: number): Sketch {
  return { ...s, open: s.open.filter((_, i) => i !== index) };
}
export function abandonRing(s: Sketch): Sketch {
  return { ...s, open: [], target: { kind: 'part' } };
}

/** Closes the open ring into a part or a hole; fewer than three points are no ring and change nothing. */
export function closeRing(s: Sketch): Sketch {
  const ring = samePoint(s.open[0], s.open.at(-1)) && s.open.length > 1 ? s.open.slice(0, -1) : s.open;
  if (ring.length < 3) return s;
  const target = s.target;
  const parts =
    target.kind === 'part'
      ? [...s.parts, [ring]]
      : s.parts.map((part, i) => (i === target.part ? [...part, ring] : part));
  return { parts, open: [], target: { kind: 'part' } };
}

export function rectangle(a: Position, b: Position): Position[] {
  return [a, [b[0], a[1]], b, [a[0], b[1]]];
}

/** The ring of a circle by its centre and a place on it. */
export function circleRing(centre: Position, on: Position): Position[] {
  return circleOf(centre, metresBetween(centre, on));
}
/** A circle of 64 corners. */
export function circleOf(centre: Position, metres: number): Position[] {
  const [ring] = circle(centre, metres, 64).geometry.coordinates;
  return (ring ?? []).slice(0, -1).map((p): Position => [p[0] ?? 0, p[1] ?? 0]);
}

export function moveVertex(s: Sketch, at: VertexAt, to: Position): Sketch {
  return editRing(s, at, (ring) => ring.map((p, i) => (i === at.index ? to : p)));
}
/** Puts a point after vertex `at`. */
export function insertVertex(s: Sketch, at: VertexAt, p: Position): Sketch {
  return editRing(s, at, (ring) => [...ring.slice(0, at.index + 1), p, ...ring.slice(at.index + 1)]);
}
/** Takes a vertex out. A ring that falls under three points goes; a part without its shell goes with its holes. */
export function removeVertex(s: Sketch, at: VertexAt): Sketch {
  const ring = s.parts[at.part]?.[at.ring];
  if (!ring) return s;
  if (ring.length > 3) return editRing(s, at, (r) => r.filter((_, i) => i !== at.index));
  return removeRing(s, at.part, at.ring);
}
export function removeRing(s: Sketch, part: number, ring: number): Sketch {
  const parts =
    ring === 0
      ? s.parts.filter((_, i) => i !== part)
      : s.parts.map((rings, i) => (i === part ? rings.filter((_, j) => j !== ring) : rings));
  return { ...s, parts };
}
function editRing(s: Sketch, at: VertexAt, edit: (ring: readonly Position[]) => readonly Position[]): Sketch {
  return {
    ...s,
    parts: s.parts.map((rings, i) =>
      i === at.part ? rings.map((ring, j) => (j === at.ring ? edit(ring) : ring)) : rings,
    ),
  };
}

/** Shifts a part with its holes, or one of its holes alone. Degrees each way. */
export function movePart(
  s: Sketch,
  part: number,
  dx: number,
  dy: number,
  ring: number | null = null,
): Sketch {
  const moved = (r: readonly Position[]) => r.map((p): Position => [p[0] + dx, p[1] + dy]);
  return {
    ...s,
    parts: s.parts.map((rings, i) =>
      i === part ? rings.map((r, j) => (ring === null || ring === j ? moved(r) : r)) : rings,
    ),
  };
}

/** The ring that a point lies in: a hole before the shell around it; null outside of everything. */
export function ringAt(s: Sketch, p: Position): { part: number; ring: number } | null {
  for (const [part, rings] of s.parts.entries()) {
    if (!inRing(rings[0] ?? [], p)) continue;
    const hole = rings.findIndex((r, i) => i > 0 && inRing(r, p));
    return { part, ring: Math.max(hole, 0) };
  }
  return null;
}

/** Which part holds the point in its shell (holes do not count as inside); -1 for none. */
export function partAt(s: Sketch, p: Position): number {
  return s.parts.findIndex(
    (rings) => inRing(rings[0] ?? [], p) && !rings.slice(1).some((hole) => inRing(hole, p)),
  );
}
export function inRing(ring: readonly Position[], [x, y]: Position): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i] ?? [0, 0];
    const [xj, yj] = ring[j] ?? [0, 0];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

export function pointCount(s: Sketch): number {
  return s.open.length + s.parts.reduce((n, rings) => n + rings.reduce((m, ring) => m + ring.length, 0), 0);
}

/** The sketch as GeoJSON; with `pointer` the open ring counts as if it were closed there. Null while there is no area. */
export function geometryOf(s: Sketch, pointer: Position | null = null): MultiPolygon | null {
  let all = s;
  if (s.open.length) {
    const open = pointer && !samePoint(s.open.at(-1), pointer) ? [...s.open, pointer] : s.open;
    all = closeRing({ ...s, open });
    if (all.open.length) all = { ...s, open: [] };
  }
  const coordinates = all.parts.map((rings) =>
    rings.map((ring) => {
      const closed = [...ring.map((p) => [p[0], p[1]])];
      const first = closed[0];
      if (first) closed.push([...first]);
      return closed;
    }),
  );
  return coordinates.length ? { type: 'MultiPolygon', coordinates } : null;
}

export function sketchOf(geometry: MultiPolygon): Sketch {
  return {
    ...blank,
    parts: geometry.coordinates.map((rings) =>
      rings.map((ring) => {
        const points = ring.map((p): Position => [p[0] ?? 0, p[1] ?? 0]);
        return samePoint(points[0], points.at(-1)) ? points.slice(0, -1) : points;
      }),
    ),
  };
}

/** Area in m² on the sphere; the server's figure on the ellipsoid replaces it when it arrives. */
export function sketchArea(geometry: MultiPolygon): number {
  return area(geometry);
}

/** Area in m² of one ring. */
export function areaOf(ring: readonly Position[]): number {
  const geometry = geometryOf({ ...blank, parts: [[ring]] });
  return geometry ? area(geometry) : 0;
}

/** Where the outline crosses itself, at most `max` places; too large a drawing is left to the server. */
export function crossings(geometry: MultiPolygon, max = 5): Position[] {
  const points = geometry.coordinates.reduce((n, rings) => n + rings.reduce((m, r) => m + r.length, 0), 0);
  if (points > 1500) return [];
  return kinks(geometry)
    .features.slice(0, max)
    .map((f): Position => [f.geometry.coordinates[0] ?? 0, f.geometry.coordinates[1] ?? 0]);
}
