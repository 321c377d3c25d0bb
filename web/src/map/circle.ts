import type { Feature, Polygon } from 'geojson';
import type { Position } from '../api/nouns';

const R = 6371008.8; // mean Earth radius, m; a circle on the map is drawn to 0.5 %

/** The circle of `metres` around a point, as a polygon of `steps` sides on the sphere. */
export function circle([lng, lat]: Position, metres: number, steps = 64): Feature<Polygon> {
  const d = metres / R;
  const la = (lat * Math.PI) / 180;
  const lo = (lng * Math.PI) / 180;
  const ring: Position[] = [];
  for (let i = 0; i <= steps; i++) {
    const b = (2 * Math.PI * (i % steps)) / steps;
    const la2 = Math.asin(Math.sin(la) * Math.cos(d) + Math.cos(la) * Math.sin(d) * Math.cos(b));
    const lo2 =
      lo + Math.atan2(Math.sin(b) * Math.sin(d) * Math.cos(la), Math.cos(d) - Math.sin(la) * Math.sin(la2));
    ring.push([(lo2 * 180) / Math.PI, (la2 * 180) / Math.PI]);
  }
  return { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } };
}
