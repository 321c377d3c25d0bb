// How communities of live projects are drawn: by the phase of their project,
// faint where it is only proposed, and by the year that the map shows.
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { Phase } from '../api/projects';
import type { Palette } from '../map/overlays';

export interface Look {
  /** Year that the map shows; null is all. */
  year: number | null;
  /** Code of the selected project. */
  selected: string | null;
  colours: Record<Phase, string>;
}

const common = { source: 'lp-projects', 'source-layer': 'projects', minzoom: 9 } as const;
const confirmed: ExpressionSpecification = ['has', 'phase'];
/** Feature's year, far in the past where it has none. */
const yearOf: ExpressionSpecification = ['coalesce', ['get', 'year'], 0];

/** A value by what a project's year is to the one that is shown. */
function byYear(
  year: number | null,
  now: number | ExpressionSpecification,
  past: number,
  later: number,
): ExpressionSpecification {
  if (year === null) return ['+', now, 0];
  return ['case', ['==', yearOf, year], now, ['all', ['<', yearOf, year], ['>', yearOf, 0]], past, later];
}

export function projectLayers(p: Palette, { year, selected, colours }: Look): LayerSpecification[] {
  const colour: ExpressionSpecification = [
    'match',
    ['coalesce', ['get', 'phase'], ['get', 'proposed'], ''],
    'implement',
    colours.implement,
    'plan',
    colours.plan,
    colours.reserve,
  ];
  const full: ExpressionSpecification = ['case', ['==', ['get', 'library'], 'management'], 0.42, 0.78];
  const chosen: ExpressionSpecification = ['==', ['get', 'project'], selected ?? ''];
  return [
    {
      id: 'lp-projects-fill',
      type: 'fill',
      ...common,
      paint: {
        'fill-color': colour,
        'fill-opacity': ['case', confirmed, byYear(year, full, 0.26, 0), byYear(year, 0.14, 0, 0)],
      },
    },
    {
      id: 'lp-projects-line',
      type: 'line',
      ...common,
      filter: confirmed,
      paint: {
        'line-color': colour,
        'line-width': byYear(year, 2, 1, 0.5),
        'line-opacity': byYear(year, 1, 0.7, 0.35),
      },
    },
    {
      id: 'lp-projects-proposed',
      type: 'line',
      ...common,
      filter: ['!', confirmed],
      paint: {
        'line-color': colour,
        'line-width': 1.8,
        'line-opacity': byYear(year, 1, 0.3, 0.3),
        'line-dasharray': [2.4, 1.6],
      },
    },
    {
      id: 'lp-projects-stray',
      type: 'line',
      ...common,
      filter: ['has', 'stray'],
      paint: { 'line-color': p.drawFault, 'line-width': 2.6, 'line-dasharray': [1.4, 1] },
    },
    {
      id: 'lp-projects-selected',
      type: 'line',
      ...common,
      filter: chosen,
      layout: { 'line-join': 'round' },
      paint: { 'line-color': p.select, 'line-width': 3.2 },
    },
  ];
}
