// What a what-if draws: facilities that can be taken hold of, where they were,
// and the paths that are drawn.
import type { Feature, FeatureCollection } from 'geojson';
import type { LayerSpecification } from 'maplibre-gl';
import type { TrialFacility } from '../api/coverage';
import { circle } from '../map/circle';
import type { DrawnLayers } from '../map/Drawn';
import { type Differences, placeOf } from './trying';

export type HandleState = 'there' | 'proposed' | 'moved' | 'closed' | 'added';
export const TRIAL = 'trial';

/** `radius`: of a straight-line run, in metres; the circles of what is different are drawn with it. */
export function trialShapes(
  facilities: readonly TrialFacility[],
  d: Differences,
  chosen: string | null,
  radius: number | undefined,
): FeatureCollection {
  const features: Feature[] = [];
  const circles: Feature[] = [];
  const put = (code: string, state: HandleState, at: [number, number]) => {
    features.push({
      type: 'Feature',
      properties: { code, state, chosen: code === chosen },
      geometry: { type: 'Point', coordinates: at },
    });
    if (
      radius !== undefined &&
      (state === 'moved' || state === 'added' || (code === chosen && state !== 'closed'))
    )
      circles.push(circle(at, radius));
  };
  for (const f of facilities) {
    const closed = d.closed.has(f.code);
    const to = placeOf(f, d);
    const moved = to !== f.location;
    if (moved && !closed) {
      features.push({
        type: 'Feature',
        properties: { state: 'way' },
        geometry: { type: 'LineString', coordinates: [f.location, to] },
      });
    }
    put(
      f.code,
      closed ? 'closed' : moved ? 'moved' : f.proposed ? 'proposed' : 'there',
      closed ? f.location : to,
    );
  }
  for (const a of d.added) put(a.id, 'added', a.location);
  for (const p of d.paths)
    features.push({
      type: 'Feature',
      properties: { state: 'path', path: p.kind },
      geometry: { type: 'LineString', coordinates: p.line },
    });
  // The chosen one lies over the others.
  features.sort((a, b) => Number(a.properties?.chosen ?? false) - Number(b.properties?.chosen ?? false));
  return { type: 'FeatureCollection', features: [...circles, ...features] };
}

export const handleLayer = (source: string) => `${source}-handles`;

export const trialLayers: DrawnLayers = {
  over: 'names',
  layers: (p, source) => {
    const line = { type: 'line', source } as const;
    const state = (name: string): ['==', ['get', 'state'], string] => ['==', ['get', 'state'], name];
    const path = (name: string, paint: LayerSpecification['paint'] & object): LayerSpecification =>
      ({
        ...line,
        id: `${source}-${name}`,
        filter: ['==', ['get', 'path'], name],
        paint: { 'line-color': p.draw, ...paint },
      }) as LayerSpecification;
    return [
      {
        ...line,
        id: `${source}-circles`,
        filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'line-color': p.draw, 'line-width': 1.4, 'line-dasharray': [3, 2] },
      },
      {
        ...line,
        id: `${source}-way`,
        filter: state('way'),
        paint: { 'line-color': p.draw, 'line-width': 1.4, 'line-dasharray': [2, 2] },
      },
      {
        ...line,
        id: `${source}-path-halo`,
        filter: state('path'),
        layout: { 'line-cap': 'round' },
        paint: { 'line-color': p.halo, 'line-width': 7, 'line-opacity': 0.8 },
      },
      path('footpath', { 'line-width': 3.4 }),
      path('stairs', { 'line-width': 4.4, 'line-dasharray': [0.5, 0.5] }),
      path('bridge', { 'line-width': 2.4, 'line-gap-width': 2.6 }),
      {
        id: handleLayer(source),
        type: 'circle',
        source,
        filter: ['all', ['==', ['geometry-type'], 'Point'], ['has', 'code']],
        paint: {
          'circle-radius': ['case', ['boolean', ['get', 'chosen'], false], 9, 6.5],
          'circle-color': [
            'match',
            ['get', 'state'],
            ['moved', 'added'],
            p.draw,
            'closed',
            p.halo,
            p.facility,
          ],
          'circle-stroke-color': [
            'case',
            ['==', ['get', 'state'], 'closed'],
            p.drawFault,
            ['boolean', ['get', 'chosen'], false],
            p.select,
            p.halo,
          ],
          'circle-stroke-width': ['case', ['boolean', ['get', 'chosen'], false], 3, 2],
        },
      },
    ];
  },
};
