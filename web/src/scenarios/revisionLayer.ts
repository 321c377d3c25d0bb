// Draws zones that are not in the tiles (a scenario as it was) over a map.
import type { FeatureCollection } from 'geojson';
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import type { Zone } from '../api/nouns';

export interface Ink {
  line: string;
  halo: string;
  /** Drawn over other zones (dashed), or in their place. */
  dashed: boolean;
}
export const inks = {
  light: { line: '#7b2fbe', halo: '#ffffff' },
  dark: { line: '#c08cf5', halo: '#14181d' },
} as const;

export const featuresOf = (zones: readonly Zone[]): FeatureCollection => ({
  type: 'FeatureCollection',
  features: zones.map((z) => ({
    type: 'Feature',
    properties: { code: z.code, name: z.name },
    geometry: z.geometry,
  })),
});

const SOURCE = 'lp-revision';
const LAYERS = ['lp-revision-fill', 'lp-revision-halo', 'lp-revision-line', 'lp-revision-name'];

/** Puts the zones on the map, or newer ones in their place. Call again whenever the style was loaded anew. */
export function drawZones(map: MapLibre, zones: FeatureCollection, ink: Ink): void {
  const there = map.getSource(SOURCE) as GeoJSONSource | undefined;
  if (there) {
    there.setData(zones);
    return;
  }
  map.addSource(SOURCE, { type: 'geojson', data: zones, tolerance: 0 });
  map.addLayer({
    id: 'lp-revision-fill',
    type: 'fill',
    source: SOURCE,
    paint: { 'fill-color': ink.line, 'fill-opacity': ink.dashed ? 0.06 : 0.14 },
  });
  map.addLayer({
    id: 'lp-revision-halo',
    type: 'line',
    source: SOURCE,
    layout: { 'line-join': 'round' },
    paint: { 'line-color': ink.halo, 'line-width': 5, 'line-opacity': 0.8 },
  });
  map.addLayer({
    id: 'lp-revision-line',
    type: 'line',
    source: SOURCE,
    layout: { 'line-join': 'round' },
    paint: {
      'line-color': ink.line,
      'line-width': 2.4,
      ...(ink.dashed ? { 'line-dasharray': [3, 1.6] } : {}),
    },
  });
  map.addLayer({
    id: 'lp-revision-name',
    type: 'symbol',
    source: SOURCE,
    layout: { 'text-field': ['get', 'name'], 'text-size': 13, 'text-font': fontOf(map) },
    paint: { 'text-color': ink.line, 'text-halo-color': ink.halo, 'text-halo-width': 1.6 },
  });
}

export function eraseZones(map: MapLibre): void {
  for (const layer of LAYERS) if (map.getLayer(layer)) map.removeLayer(layer);
  if (map.getSource(SOURCE)) map.removeSource(SOURCE);
}

/** The font that the style itself writes with. */
function fontOf(map: MapLibre): string[] {
  for (const layer of map.getStyle().layers) {
    const font = layer.type === 'symbol' ? layer.layout?.['text-font'] : undefined;
    if (Array.isArray(font)) return font.map(String);
  }
  return ['sans-serif'];
}
