// The walk of a proof as shapes for the map.
import type { Feature, FeatureCollection } from 'geojson';
import type { Proof, Walk } from '../api/coverage';

/** there: to the facility; back: from it, where that is another way; first: to the facility of the first step. */
export type Leg = 'there' | 'back' | 'first';

export function proofShapes(proof: Proof): FeatureCollection {
  const features: Feature[] = [];
  const put = (leg: Leg, walk: Walk | null) => {
    if (!walk?.line) return;
    const straight = proof.method === 'radius';
    features.push({ type: 'Feature', properties: { leg, straight }, geometry: walk.line });
    const end = leg === 'back' ? walk.line.coordinates[0] : walk.line.coordinates.at(-1);
    if (leg !== 'back' && end)
      features.push({
        type: 'Feature',
        properties: { leg, end: true },
        geometry: { type: 'Point', coordinates: end },
      });
  };
  put('there', proof.there);
  put('back', proof.back);
  put('first', proof.first_step);
  return { type: 'FeatureCollection', features };
}

/** Streets in the order of the walk, those without a name between named ones taken together. */
export function streetsSaid(walk: Walk, unnamed: string): { name: string; metres: number }[] {
  const out: { name: string; metres: number }[] = [];
  for (const s of walk.streets) {
    const name = s.name || unnamed;
    const last = out.at(-1);
    if (last?.name === name) last.metres += s.distance_m;
    else out.push({ name, metres: s.distance_m });
  }
  return out;
}
