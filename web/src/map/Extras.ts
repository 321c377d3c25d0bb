// Tiles beside those of the style, each with its own layers: links, strings.
import type { LayerSpecification, Map as MapLibre } from 'maplibre-gl';
import type { Palette } from './overlays';
import { ofScenario } from './scenario';

/** Tiles of one source layer, and how they are drawn. */
export interface Extra {
  tiles: string;
  minzoom: number;
  maxzoom: number;
  layers: (palette: Palette) => LayerSpecification[];
  /** It colours communities itself: the colours of the style step back. */
  instead?: true;
}

/** Name of the source that carries the tiles of a source layer. */
export const extraSource = (layer: string) => `lp-${layer}`;

export class Extras {
  private wanted = new Map<string, Extra>();
  constructor(private readonly map: MapLibre) {}

  set(layer: string, extra: Extra | null): void {
    if (extra) this.wanted.set(layer, extra);
    else this.wanted.delete(layer);
  }

  /** Whether one of them colours communities. */
  get instead(): boolean {
    return [...this.wanted.values()].some((e) => e.instead);
  }

  /** Takes over paint and filters of layers that are on the map; their tiles stay. */
  repaint(layers: readonly LayerSpecification[]): void {
    for (const layer of layers) {
      if (!this.map.getLayer(layer.id)) continue;
      if ('filter' in layer) this.map.setFilter(layer.id, layer.filter);
      for (const [name, paint] of Object.entries(layer.paint ?? {}))
        this.map.setPaintProperty(layer.id, name as Parameters<MapLibre['setPaintProperty']>[1], paint);
    }
  }

  /** Brings the map in step, for one source layer or for all: the style may have been loaded anew. */
  apply(palette: Palette, scenario: string | null, only?: string): void {
    for (const name of only ? [only] : this.wanted.keys()) {
      const source = extraSource(name);
      for (const l of this.map.getStyle().layers)
        if ('source' in l && l.source === source) this.map.removeLayer(l.id);
      if (this.map.getSource(source)) this.map.removeSource(source);
      const extra = this.wanted.get(name);
      if (!extra) continue;
      const { tiles, minzoom, maxzoom } = extra;
      this.map.addSource(source, { type: 'vector', tiles: [ofScenario(tiles, scenario)], minzoom, maxzoom });
      // Lines lie under the first name, names over everything of the style.
      const below = this.map.getStyle().layers.find((l) => l.type === 'symbol')?.id;
      for (const layer of extra.layers(palette))
        this.map.addLayer(layer, layer.type === 'symbol' ? undefined : below);
    }
  }
}
