// Snapping to what is on the screen: vertices first, then edges. The index is
// built from the rendered tiles when the map comes to rest, and asked on every
// move of the pointer.
import Flatbush from 'flatbush';
import type { Geometry } from 'geojson';
import type { Position } from '../api/nouns';

export interface Snap {
  at: Position;
  kind: 'vertex' | 'edge';
}
type Segment = readonly [ax: number, ay: number, bx: number, by: number];

/** Segments in degrees, found by a box around the pointer. */
export class SnapIndex {
  private readonly tree: Flatbush | null;
  constructor(private readonly segments: readonly Segment[]) {
    if (segments.length === 0) {
      this.tree = null;
      return;
    }
    const tree = new Flatbush(segments.length);
    for (const [ax, ay, bx, by] of segments)
      tree.add(Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by));
    tree.finish();
    this.tree = tree;
  }
  get size(): number {
    return this.segments.length;
  }

  /** The nearest vertex within the tolerance, else the nearest edge. `dx`, `dy`: the tolerance in degrees each way. */
  nearest([x, y]: Position, dx: number, dy: number): Snap | null {
    if (!this.tree) return null;
    let vertex: Position | null = null;
    let vertexAway = 1;
    let edge: Position | null = null;
    let edgeAway = 1;
    // Distances in units of the tolerance, so that a degree east and one north weigh what they look like.
    const away = (px: number, py: number) => Math.hypot((px - x) / dx, (py - y) / dy);
    for (const i of this.tree.search(x - dx, y - dy, x + dx, y + dy)) {
      const segment = this.segments[i];
      if (!segment) continue;
      const [ax, ay, bx, by] = segment;
      for (const [px, py] of [
        [ax, ay],
        [bx, by],
      ] as const) {
        const d = away(px, py);
        if (d < vertexAway) {
          vertexAway = d;
          vertex = [px, py];
        }
      }
      const ux = (bx - ax) / dx;
      const uy = (by - ay) / dy;
      const length = ux * ux + uy * uy;
      if (length === 0) continue;
      const t = Math.max(0, Math.min(1, (((x - ax) / dx) * ux + ((y - ay) / dy) * uy) / length));
      const px = ax + t * (bx - ax);
      const py = ay + t * (by - ay);
      const d = away(px, py);
      if (d < edgeAway) {
        edgeAway = d;
        edge = [px, py];
      }
    }
    if (vertex) return { at: vertex, kind: 'vertex' };
    return edge ? { at: edge, kind: 'edge' } : null;
  }
}

/** The segments of polygons; `skip` names segments that are not real outlines (tile borders). */
export function segmentsOf(
  geometries: Iterable<Geometry>,
  skip: (s: Segment) => boolean,
  limit = 200_000,
): Segment[] {
  const out: Segment[] = [];
  const ring = (points: readonly (readonly number[])[]) => {
    for (let i = 1; i < points.length && out.length < limit; i++) {
      const [ax, ay] = points[i - 1] ?? [];
      const [bx, by] = points[i] ?? [];
      if (ax === undefined || ay === undefined || bx === undefined || by === undefined) continue;
      const s: Segment = [ax, ay, bx, by];
      if (!skip(s)) out.push(s);
    }
  };
  for (const g of geometries) {
    if (g.type === 'Polygon') g.coordinates.forEach(ring);
    else if (g.type === 'MultiPolygon') for (const p of g.coordinates) p.forEach(ring);
    else if (g.type === 'LineString') ring(g.coordinates);
    else if (g.type === 'MultiLineString') g.coordinates.forEach(ring);
  }
  return out;
}

/**
 * Tells cut edges from real ones: a polygon that crosses a tile's border was cut
 * along a line of constant x or y just outside that tile.
 */
export function tileBorder(zoom: number): (s: Segment) => boolean {
  const n = 2 ** zoom;
  const near = (t: number) => {
    const f = t - Math.floor(t);
    return f < 1 / 16 || f > 15 / 16;
  };
  const x = (lng: number) => ((lng + 180) / 360) * n;
  const y = (lat: number) => {
    const r = (lat * Math.PI) / 180;
    return ((1 - Math.log(Math.tan(r) + 1 / Math.cos(r)) / Math.PI) / 2) * n;
  };
  return ([ax, ay, bx, by]) =>
    (Math.abs(ax - bx) < 1e-9 && near(x(ax))) || (Math.abs(ay - by) < 1e-9 && near(y(ay)));
}
