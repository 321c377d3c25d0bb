// How the rows of an inspected file look on the map: those that come in, those
// that the register has, those that are refused, and where the file has them.
import type { Feature, FeatureCollection } from 'geojson';
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { StagedRow } from '../api/inspections';
import type { DrawnLayers } from '../map/Drawn';
import type { Palette } from '../map/overlays';

export const ROWS = 'inspected-rows';
export type RowKind = 'fine' | 'duplicate' | 'faulty' | 'given';

/** What a row is drawn as: a refusal outweighs a duplicate. */
export function kindOfRow({ properties: p }: StagedRow): Exclude<RowKind, 'given'> {
  if (p.fault || p.outside || p.action === 'refuse') return 'faulty';
  return p.match_how ? 'duplicate' : 'fine';
}

export const rowColours = (p: Palette): Record<RowKind, string> => ({
  fine: p.covered,
  duplicate: p.uncovered,
  faulty: p.drawFault,
  given: p.linkFar,
});

/** The rows as shapes; `given` adds where the file has those that are moved or mended. */
export function rowShapes(
  rows: readonly StagedRow[],
  pointed: number | null,
  given: boolean,
): FeatureCollection {
  const features: Feature[] = [];
  for (const r of rows) {
    const common = { row: r.properties.row, name: r.properties.name, pointed: r.properties.row === pointed };
    if (given && r.properties.given)
      features.push({
        type: 'Feature',
        geometry: r.properties.given,
        properties: { ...common, kind: 'given' satisfies RowKind },
      });
    const geometry = r.geometry ?? (given ? null : r.properties.given);
    if (geometry) features.push({ type: 'Feature', geometry, properties: { ...common, kind: kindOfRow(r) } });
  }
  return { type: 'FeatureCollection', features };
}

function layers(p: Palette, source: string): LayerSpecification[] {
  const colours = rowColours(p);
  const colour: ExpressionSpecification = [
    'match',
    ['get', 'kind'],
    'duplicate',
    colours.duplicate,
    'faulty',
    colours.faulty,
    'given',
    colours.given,
    colours.fine,
  ];
  const isGiven: ExpressionSpecification = ['==', ['get', 'kind'], 'given'];
  const pointed = (on: number, off: number): ExpressionSpecification => ['case', ['get', 'pointed'], on, off];
  return [
    {
      id: `${source}-fill`,
      type: 'fill',
      source,
      filter: ['all', ['==', ['geometry-type'], 'Polygon'], ['!', isGiven]],
      paint: { 'fill-color': colour, 'fill-opacity': pointed(0.55, 0.28) },
    },
    {
      id: `${source}-given`,
      type: 'line',
      source,
      filter: ['all', isGiven, ['!=', ['geometry-type'], 'Point']],
      paint: { 'line-color': colours.given, 'line-width': pointed(2.5, 1.2), 'line-dasharray': [3, 2] },
    },
    {
      id: `${source}-line`,
      type: 'line',
      source,
      filter: ['all', ['!', isGiven], ['!=', ['geometry-type'], 'Point']],
      paint: { 'line-color': colour, 'line-width': pointed(3.5, 1.6) },
    },
    {
      id: `${source}-point`,
      type: 'circle',
      source,
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-color': ['case', isGiven, 'rgba(0,0,0,0)', colour],
        'circle-radius': pointed(7, 4.5),
        'circle-stroke-color': ['case', isGiven, colours.given, p.halo],
        'circle-stroke-width': 1.4,
      },
    },
  ];
}

export const drawnRows: DrawnLayers = { over: 'names', layers };
/** Layers that answer to the pointer. */
export const pickable = (source: string) => ['fill', 'line', 'point'].map((l) => `${source}-${l}`);
