// Where shapes lie.
import type { Geometry } from 'geojson';
import type { Bounds, Position } from '../api/nouns';

/** The middle of a shape's bounds; null where it has no place. */
export function centreOf(g: Geometry | null): Position | null {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  const look = (c: unknown): void => {
    if (!Array.isArray(c)) return;
    if (typeof c[0] === 'number' && typeof c[1] === 'number') {
      west = Math.min(west, c[0]);
      east = Math.max(east, c[0]);
      south = Math.min(south, c[1]);
      north = Math.max(north, c[1]);
    } else for (const part of c) look(part);
  };
  if (g?.type === 'GeometryCollection')
    for (const part of g.geometries) look('coordinates' in part ? part.coordinates : null);
  else if (g) look(g.coordinates);
  return Number.isFinite(west) && Number.isFinite(south) ? [(west + east) / 2, (south + north) / 2] : null;
}

/** The bounds of the middles of shapes; null where none has a place. */
export function boundsOf(shapes: readonly (Geometry | null)[]): Bounds | null {
  const middles = shapes.map(centreOf).filter((p): p is Position => p !== null);
  if (middles.length === 0) return null;
  const [lngs, lats] = [middles.map((p) => p[0]), middles.map((p) => p[1])];
  return [Math.min(...lngs), Math.min(...lats), Math.max(...lngs), Math.max(...lats)];
}
