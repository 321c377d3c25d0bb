// How strings are drawn.
import type { LayerSpecification } from 'maplibre-gl';
import type { Palette } from '../map/overlays';

const common = { source: 'lp-strings', 'source-layer': 'strings', minzoom: 12 } as const;

/** Layers of the tiles that a controller has as the extra `strings`. */
export function stringLayers(p: Palette): LayerSpecification[] {
  return [
    {
      id: 'lp-strings-halo',
      type: 'line',
      ...common,
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: {
        'line-color': p.halo,
        'line-width': ['interpolate', ['linear'], ['zoom'], 12, 3, 16, 7],
        'line-opacity': 0.7,
      },
    },
    {
      id: 'lp-strings',
      type: 'line',
      ...common,
      filter: ['!', ['has', 'straight']],
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: {
        'line-color': p.string,
        'line-width': ['interpolate', ['linear'], ['zoom'], 12, 1.4, 16, 3.6],
      },
    },
    {
      id: 'lp-strings-straight',
      type: 'line',
      ...common,
      filter: ['has', 'straight'],
      paint: { 'line-color': p.string, 'line-width': 1.6, 'line-dasharray': [2, 1.8] },
    },
    {
      id: 'lp-strings-name',
      type: 'symbol',
      ...common,
      minzoom: 15.3,
      layout: {
        'text-field': [
          'concat',
          ['coalesce', ['get', 'name'], ''],
          ' ',
          ['to-string', ['get', 'length_m']],
          ' m',
        ],
        'text-size': 11.5,
        // Many strings are shorter than their names: beside their beginning, not along them.
        'text-variable-anchor': ['top', 'bottom', 'left', 'right'],
        'text-radial-offset': 0.7,
      },
      paint: { 'text-color': p.string, 'text-halo-color': p.halo, 'text-halo-width': 1.8 },
    },
  ];
}
