// Which communities a brush touches. The index holds what the map has loaded, as
// pieces: a community that crosses the border of a tile is there once for each
// tile, cut. It is built when tiles arrive and asked on every frame of a stroke.
import Flatbush from 'flatbush';
import type { Geometry } from 'geojson';
import type { Position } from '../api/nouns';
import { type Square, toSquare } from '../map/mercator';

/** A community as the map shows it; a bare point where no ground is known. */
export interface Patch {
  code: string;
  geometry: Geometry;
}

/** One polygon or point. Rings lie one after the other in `points` (x, y in turn), `ends` tells where each stops. */
interface Piece {
  code: string;
  points: Float64Array;
  ends: number[];
}

export class BrushIndex {
  private readonly pieces: Piece[] = [];
  private readonly tree: Flatbush | null;
  readonly codes: ReadonlySet<string>;

  constructor(patches: Iterable<Patch>) {
    const codes = new Set<string>();
    for (const { code, geometry } of patches) {
      const before = this.pieces.length;
      for (const rings of polygonsOf(geometry)) this.pieces.push(piece(code, rings));
      if (this.pieces.length > before) codes.add(code);
    }
    this.codes = codes;
    this.tree = this.pieces.length ? new Flatbush(this.pieces.length) : null;
    for (const { points } of this.pieces) {
      let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
      for (let i = 0; i < points.length; i += 2) {
        const x = points[i] ?? 0;
        const y = points[i + 1] ?? 0;
        x0 = Math.min(x0, x);
        x1 = Math.max(x1, x);
        y0 = Math.min(y0, y);
        y1 = Math.max(y1, y);
      }
      this.tree?.add(x0, y0, x1, y1);
    }
    this.tree?.finish();
  }

  /** The community under a point; where several lie on each other, the smallest. `reach` helps to hit bare points. */
  at(p: Square, reach: number): string | null {
    let best: string | null = null;
    let size = Number.POSITIVE_INFINITY;
    for (const i of this.tree?.search(p[0] - reach, p[1] - reach, p[0] + reach, p[1] + reach) ?? []) {
      const found = this.pieces[i];
      if (!found) continue;
      const bare = found.points.length === 2;
      if (!(bare ? edgeWithin(found, p, p, reach) : holds(found, p))) continue;
      const area = bare ? 0 : areaOf(found);
      if (area < size) {
        size = area;
        best = found.code;
      }
    }
    return best;
  }

  /** The communities that a round brush of radius `r` touches on its way from `a` to `b`. */
  swept(a: Square, b: Square, r: number): string[] {
    const found = new Set<string>();
    const near = this.tree?.search(
      Math.min(a[0], b[0]) - r,
      Math.min(a[1], b[1]) - r,
      Math.max(a[0], b[0]) + r,
      Math.max(a[1], b[1]) + r,
    );
    for (const i of near ?? []) {
      const p = this.pieces[i];
      if (p && !found.has(p.code) && (holds(p, b) || edgeWithin(p, a, b, r))) found.add(p.code);
    }
    return [...found];
  }
}

function polygonsOf(g: Geometry): Position[][][] {
  switch (g.type) {
    case 'Polygon':
      return [g.coordinates as Position[][]];
    case 'MultiPolygon':
      return g.coordinates as Position[][][];
    case 'Point':
      return [[[g.coordinates as Position]]];
    default:
      return [];
  }
}

function piece(code: string, rings: readonly (readonly Position[])[]): Piece {
  const points = new Float64Array(2 * rings.reduce((n, r) => n + r.length, 0));
  const ends: number[] = [];
  let at = 0;
  for (const ring of rings) {
    for (const p of ring) {
      const [x, y] = toSquare(p);
      points[at++] = x;
      points[at++] = y;
    }
    ends.push(at);
  }
  return { code, points, ends };
}

function holds({ points, ends }: Piece, [x, y]: Square): boolean {
  let inside = false;
  let start = 0;
  for (const end of ends) {
    for (let i = start, j = end - 2; i < end; j = i, i += 2) {
      const yi = points[i + 1] ?? 0;
      const yj = points[j + 1] ?? 0;
      if (yi > y === yj > y) continue;
      const xi = points[i] ?? 0;
      const xj = points[j] ?? 0;
      if (x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
    start = end;
  }
  return inside;
}

/** Whether an edge of the piece comes within `r` of the way a–b. */
function edgeWithin({ points, ends }: Piece, a: Square, b: Square, r: number): boolean {
  const limit = r * r;
  let start = 0;
  for (const end of ends) {
    for (let i = start, j = end - 2; i < end; j = i, i += 2) {
      const px = points[j] ?? 0;
      const py = points[j + 1] ?? 0;
      const qx = points[i] ?? 0;
      const qy = points[i + 1] ?? 0;
      if (squaredBetween(px, py, qx, qy, a[0], a[1], b[0], b[1]) <= limit) return true;
    }
    start = end;
  }
  return false;
}

/** Squared distance of the segments p–q and a–b. */
function squaredBetween(
  px: number,
  py: number,
  qx: number,
  qy: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
): number {
  const side = (ox: number, oy: number, ex: number, ey: number, x: number, y: number) =>
    (ex - ox) * (y - oy) - (ey - oy) * (x - ox);
  if (
    side(ax, ay, bx, by, px, py) * side(ax, ay, bx, by, qx, qy) < 0 &&
    side(px, py, qx, qy, ax, ay) * side(px, py, qx, qy, bx, by) < 0
  )
    return 0;
  return Math.min(
    squaredTo(px, py, ax, ay, bx, by),
    squaredTo(qx, qy, ax, ay, bx, by),
    squaredTo(ax, ay, px, py, qx, qy),
    squaredTo(bx, by, px, py, qx, qy),
  );
}

function squaredTo(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const ux = bx - ax;
  const uy = by - ay;
  const length = ux * ux + uy * uy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * ux + (y - ay) * uy) / length));
  const dx = x - ax - t * ux;
  const dy = y - ay - t * uy;
  return dx * dx + dy * dy;
}

function areaOf({ points, ends }: Piece): number {
  let twice = 0;
  const end = ends[0] ?? 0;
  for (let i = 0, j = end - 2; i < end; j = i, i += 2)
    twice += (points[j] ?? 0) * (points[i + 1] ?? 0) - (points[i] ?? 0) * (points[j + 1] ?? 0);
  return Math.abs(twice / 2);
}
