// Buildings of a coverage run by their status, and what a what-if makes of them.
import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from 'maplibre-gl';
import type { Palette } from './overlays';

/** Source of the run's tiles; the ids of its features are those of the buildings. */
export const COVERAGE = 'lp-coverage';
/** Name of the stripes that lie over buildings without a network. */
export const HATCH = 'lp-hatch';

/** Feature state `tried`: 1 covered, 2 not, without it as the run says. */
export const trialState = (covered: boolean) => ({ tried: covered ? 1 : 2 });
const tried: ExpressionSpecification = ['coalesce', ['feature-state', 'tried'], 0];

/** Far out the tiles only say covered or not; the status is finer. */
const said = (p: Palette): ExpressionSpecification => [
  'match',
  ['coalesce', ['get', 'status'], ''],
  'covered',
  p.covered,
  'spared',
  p.spared,
  'uncovered',
  p.uncovered,
  ['cut_off', 'unreached'],
  p.cutOff,
  ['case', ['in', ['to-string', ['get', 'covered']], ['literal', ['true', '1']]], p.covered, p.uncovered],
];

export function coverageLayers(p: Palette): LayerSpecification[] {
  const colour: ExpressionSpecification = [
    'case',
    ['==', tried, 1],
    p.covered,
    ['==', tried, 2],
    p.uncovered,
    said(p),
  ];
  const common = { source: COVERAGE, 'source-layer': 'coverage' } as const;
  const unreached: FilterSpecification = ['==', ['get', 'status'], 'unreached'];
  return [
    { id: 'lp-coverage', type: 'fill', ...common, paint: { 'fill-color': colour, 'fill-opacity': 0.85 } },
    {
      id: 'lp-coverage-hatch',
      type: 'fill',
      ...common,
      minzoom: 13,
      filter: unreached,
      paint: { 'fill-pattern': HATCH, 'fill-opacity': ['case', ['==', tried, 0], 0.9, 0] },
    },
    {
      id: 'lp-coverage-lines',
      type: 'line',
      ...common,
      paint: { 'line-color': colour, 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 1.2, 16, 0.8] },
    },
    // What a what-if changes stands out from what it leaves as it was.
    {
      id: 'lp-coverage-tried',
      type: 'line',
      ...common,
      paint: {
        'line-color': p.select,
        'line-width': ['case', ['==', tried, 0], 0, 1.6],
        'line-opacity': ['case', ['==', tried, 0], 0, 0.9],
      },
    },
  ];
}

const SIDE = 8; // px; the stripes meet at the edges of the picture

/** Diagonal stripes in one colour ("#rrggbb") on nothing. */
export function hatchImage(colour: string): { width: number; height: number; data: Uint8Array } {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));
  const data = new Uint8Array(SIDE * SIDE * 4);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) if ((x + y) % SIDE < 3) data.set([r, g, b, 255], (y * SIDE + x) * 4);
  return { width: SIDE, height: SIDE, data };
}
