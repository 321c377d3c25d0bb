// The coverage run on the map: its tiles, its facilities, and what a what-if
// makes of its buildings.
import type { FeatureCollection } from 'geojson';
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import { COVERAGE, coverageLayers, HATCH, hatchImage, trialState } from './coverageLayers';
import { CIRCLES, type Palette } from './overlays';

export interface RunShown {
  tiles: string;
  facilities: FeatureCollection;
}

export class CoverageOnMap {
  private run: RunShown | null = null;
  private tried: ReadonlyMap<number, boolean> = new Map();
  constructor(private readonly map: MapLibre) {}

  get shown(): boolean {
    return this.run !== null;
  }
  set(run: RunShown | null): void {
    this.run = run;
  }

  /** Covered or not, by the ids of the features. */
  setTried(tried: ReadonlyMap<number, boolean>): void {
    const before = this.tried;
    this.tried = tried;
    if (!this.map.getSource(COVERAGE)) return;
    const at = { source: COVERAGE, sourceLayer: 'coverage' };
    for (const id of before.keys()) if (!tried.has(id)) this.map.removeFeatureState({ ...at, id }, 'tried');
    for (const [id, covered] of tried)
      if (before.get(id) !== covered) this.map.setFeatureState({ ...at, id }, trialState(covered));
  }

  /** Brings the map in step: another run, or the style was loaded anew. */
  apply(palette: Palette): void {
    const { map, run } = this;
    for (const l of map.getStyle().layers) if ('source' in l && l.source === COVERAGE) map.removeLayer(l.id);
    if (map.getSource(COVERAGE)) map.removeSource(COVERAGE);
    const circles = map.getSource(CIRCLES) as GeoJSONSource | undefined;
    circles?.setData(run?.facilities ?? { type: 'FeatureCollection', features: [] });
    if (!run) return;
    if (!map.hasImage(HATCH)) map.addImage(HATCH, hatchImage(palette.halo));
    map.addSource(COVERAGE, { type: 'vector', tiles: [run.tiles], minzoom: 11, maxzoom: 17 });
    // Under the first name, so that names stay readable on the colours.
    const below = map.getStyle().layers.find((l) => l.type === 'symbol')?.id;
    for (const layer of coverageLayers(palette)) map.addLayer(layer, below);
    const { tried } = this;
    this.tried = new Map();
    this.setTried(tried);
  }
}
