// The app's own layers over those of the style (overlays.ts), on the map: marks, tints,
// the drawing, the brush.
import type { FeatureCollection } from 'geojson';
import type { GeoJSONSource } from 'maplibre-gl';
import { overlayLayers, overlaySources, paintLayers, zoneTintLayers } from './overlays';
import type { Stage } from './Stage';

export class OverlaysOnMap {
  private data = new Map<string, FeatureCollection>();
  /** Whether communities are coloured by the brush. */
  painting = false;
  constructor(private readonly stage: Stage) {}

  /** Puts features into one of the sources. */
  setData(source: string, data: FeatureCollection): void {
    this.data.set(source, data);
    const { map, ready } = this.stage;
    if (ready) (map.getSource(source) as GeoJSONSource | undefined)?.setData(data);
  }

  /** Adds what is not on the map yet: the style may have been loaded anew. */
  apply(): void {
    const { map, palette } = this.stage;
    for (const [id, source] of overlaySources(this.data)) if (!map.getSource(id)) map.addSource(id, source);
    // Colours lie under the first name, so that names stay readable on them.
    const names = this.firstName();
    for (const layer of overlayLayers(palette, this.stage.sources()))
      if (!map.getLayer(layer.id)) map.addLayer(layer, layer.id.startsWith('lp-tint') ? names : undefined);
    this.applyPainting();
    // Where the style has its own zones, so that points and names stay above the colours.
    const zones = map
      .getStyle()
      .layers.find((l) => 'source-layer' in l && l['source-layer'] === 'zones' && !l.id.startsWith('lp-'));
    if (!zones || !('source' in zones)) return;
    for (const layer of zoneTintLayers(palette, String(zones.source)))
      if (!map.getLayer(layer.id)) map.addLayer(layer, zones.id);
  }

  /** Adds the layers of the brush, or takes them away. */
  applyPainting(): void {
    const { map, palette } = this.stage;
    for (const layer of paintLayers(palette, this.stage.sources())) {
      const there = map.getLayer(layer.id) !== undefined;
      // Over the ground and its outlines, under what is drawn and under every name.
      if (this.painting && !there)
        map.addLayer(layer, layer.type === 'circle' ? undefined : this.firstName());
      else if (!this.painting && there) map.removeLayer(layer.id);
    }
  }

  private firstName(): string | undefined {
    return this.stage.map.getStyle().layers.find((l) => l.type === 'symbol')?.id;
  }
}
