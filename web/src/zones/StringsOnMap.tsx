// The strings of the scenario's zones on the map: the street fronts that tie
// their communities together, with name and length.
import type { LayerSpecification } from 'maplibre-gl';
import { useEffect } from 'react';
import { tilesAddress } from '../api/endpoints';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { type Palette, palettes } from '../map/overlays';
import { useWorkbench } from '../state/workbench';
import { words } from './contiguityWords';

const common = { source: 'lp-strings', 'source-layer': 'strings', minzoom: 12 } as const;

function layers(p: Palette): LayerSpecification[] {
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

export function StringsOnMap() {
  const t = useWords(words);
  const controller = useControl((s) => s.controller);
  const district = useWorkbench((s) => s.district);
  const theme = useWorkbench((s) => s.theme);
  useEffect(() => {
    if (!controller) return;
    controller.setExtra('strings', {
      tiles: tilesAddress(district, 'strings'),
      minzoom: 12,
      maxzoom: 17,
      layers,
    });
    return () => controller.setExtra('strings', null);
  }, [controller, district]);
  useEffect(() => {
    const colours = [palettes[theme].string];
    useControl.getState().setNote('strings', {
      title: t('strings'),
      rows: [
        { label: t('alongStreets'), shape: 'line', colours },
        { label: t('straightLine'), shape: 'dashed', colours },
      ],
    });
    return () => useControl.getState().setNote('strings', null);
  }, [t, theme]);
  return null;
}
