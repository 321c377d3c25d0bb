// Shapes over the style that a feature of the app brings with it: each is a
// source of GeoJSON with layers of its own, under the name of the feature.
import type { FeatureCollection } from 'geojson';
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from 'maplibre-gl';
import type { Palette } from './overlays';

export interface Picture {
  width: number;
  height: number;
  /** Red, green, blue and opacity of each pixel, row by row. */
  data: Uint8Array;
  /** Pixels of the picture in one of the screen; 1 where it is not said. */
  ratio?: number;
}
export interface DrawnLayers {
  /** Layers of the source that drawnSource names. */
  layers: (palette: Palette, source: string) => LayerSpecification[];
  /** Over everything, or under the first name of the style so that names stay readable. */
  over: 'names' | 'ground';
  /** Pictures for patterns and symbols, by the names that the layers know them by. */
  images?: (palette: Palette) => Record<string, Picture>;
}

/** Name of the source that carries the shapes of a feature. */
export const drawnSource = (name: string) => `lp-drawn-${name}`;

const nothing: FeatureCollection = { type: 'FeatureCollection', features: [] };

export class Drawn {
  private wanted = new Map<string, DrawnLayers & { data: FeatureCollection }>();
  constructor(private readonly map: MapLibre) {}

  /** Layers of a name stay as they were first given until the name is taken off. */
  set(name: string, drawn: DrawnLayers | null, data: FeatureCollection = nothing): void {
    if (drawn) this.wanted.set(name, { ...drawn, data });
    else this.wanted.delete(name);
  }

  /** Brings the map in step for one name; where only the shapes are others, the layers stay. */
  apply(name: string, palette: Palette): void {
    const id = drawnSource(name);
    const wanted = this.wanted.get(name);
    const source = this.map.getSource(id) as GeoJSONSource | undefined;
    if (!wanted) {
      if (!source) return;
      for (const l of this.map.getStyle().layers)
        if ('source' in l && l.source === id) this.map.removeLayer(l.id);
      this.map.removeSource(id);
      return;
    }
    if (source) {
      source.setData(wanted.data);
      return;
    }
    this.map.addSource(id, { type: 'geojson', data: wanted.data, tolerance: 0 });
    for (const [image, picture] of Object.entries(wanted.images?.(palette) ?? {}))
      if (!this.map.hasImage(image)) this.map.addImage(image, picture, { pixelRatio: picture.ratio ?? 1 });
    const below =
      wanted.over === 'ground' ? this.map.getStyle().layers.find((l) => l.type === 'symbol')?.id : undefined;
    for (const layer of wanted.layers(palette, id)) this.map.addLayer(layer, below);
  }

  /** The style was loaded anew. */
  applyAll(palette: Palette): void {
    for (const name of this.wanted.keys()) this.apply(name, palette);
  }
}
