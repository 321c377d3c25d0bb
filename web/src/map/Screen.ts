// What is on the screen, for tools that work on it: features by their source
// layer, and word of when they become others.
import type { LayerSpecification, MapGeoJSONFeature, Map as MapLibre, MapSourceDataEvent } from 'maplibre-gl';

type LayerType = LayerSpecification['type'];

export class Screen {
  /** Ids of style layers by what was asked for; the style itself is slow to read. */
  private layerIds = new Map<string, string[]>();

  constructor(private readonly map: MapLibre) {}

  /** Another style, or other layers in it. */
  forget(): void {
    this.layerIds.clear();
  }

  /**
   * Features of these source layers, once for each tile that holds a piece of them and for each
   * layer of one of the types that draws them.
   */
  features(sourceLayers: readonly string[], types: readonly LayerType[]): MapGeoJSONFeature[] {
    const layers = this.layers(sourceLayers, types);
    return layers.length ? this.map.queryRenderedFeatures({ layers }) : [];
  }

  /** The zone under a pixel, whatever lies above it. */
  zoneAt(point: { x: number; y: number }): string | null {
    const layers = this.layers(['zones'], ['fill', 'line']);
    if (!layers.length) return null;
    const found = this.map.queryRenderedFeatures([point.x, point.y], { layers });
    const code: unknown = found[0]?.properties.code;
    return code === undefined ? null : String(code);
  }

  /** Calls back when the screen shows other ground or other tiles than before; gives back how to stop that. */
  whenChanged(changed: () => void): () => void {
    const onTile = (e: MapSourceDataEvent) => {
      if (e.tile && !e.sourceId.startsWith('lp-')) changed();
    };
    this.map.on('moveend', changed);
    this.map.on('sourcedata', onTile);
    this.map.on('style.load', changed);
    return () => {
      this.map.off('moveend', changed);
      this.map.off('sourcedata', onTile);
      this.map.off('style.load', changed);
    };
  }

  private layers(sourceLayers: readonly string[], types: readonly LayerType[]): string[] {
    const key = `${sourceLayers.join()} ${types.join()}`;
    const known = this.layerIds.get(key);
    if (known) return known;
    // Between two styles there is none.
    const found = (this.map.getStyle()?.layers ?? [])
      .filter(
        (l) =>
          'source-layer' in l &&
          sourceLayers.includes(l['source-layer'] ?? '') &&
          types.includes(l.type) &&
          !l.id.startsWith('lp-'),
      )
      .map((l) => l.id);
    if (found.length) this.layerIds.set(key, found);
    return found;
  }
}
