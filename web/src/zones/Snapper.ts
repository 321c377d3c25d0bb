// Where a click goes: to a vertex or an edge that is on the screen and near the
// pointer, unless the person says otherwise.
import type { Position } from '../api/nouns';
import type { MapController } from '../map/MapController';
import { SnapIndex, segmentsOf, tileBorder } from './snapping';

const SNAP = 10; // px within which the pointer jumps to a vertex or an edge
const REST = 120; // ms without news from the map before the outlines are read again
const LAYERS = ['buildings', 'communities', 'zones', 'road', 'subdistricts'];
const NEAREST_ZOOM = 13; // farther out, outlines are generalised and too many

export interface Pointing {
  point: { x: number; y: number };
  lngLat: { lng: number; lat: number };
  originalEvent: { altKey?: boolean };
}

export class Snapper {
  private controller: MapController | null = null;
  private index: SnapIndex | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private forget = () => {};
  /** The place that the pointer has jumped to, for its mark on the map. */
  at: Position | null = null;
  /** Alt is held. */
  free = false;

  constructor(private readonly wanted: () => boolean) {}

  attach(controller: MapController): void {
    this.controller = controller;
    this.forget = controller.screen.whenChanged(() => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        this.index = this.build();
      }, REST);
    });
  }
  detach(): void {
    this.forget();
    clearTimeout(this.timer);
    this.controller = null;
    this.index = null;
    this.at = null;
  }

  snap(e: Pointing): Position {
    const raw: Position = [e.lngLat.lng, e.lngLat.lat];
    this.at = null;
    const map = this.controller?.map;
    if (!map || !this.wanted() || this.free || e.originalEvent.altKey) return raw;
    const corner = map.unproject([e.point.x + SNAP, e.point.y + SNAP]);
    this.index ??= this.build();
    const found = this.index.nearest(raw, Math.abs(corner.lng - raw[0]), Math.abs(corner.lat - raw[1]));
    this.at = found?.at ?? null;
    return found?.at ?? raw;
  }

  /** Outlines and middle lines that are on the screen. */
  private build(): SnapIndex {
    const { controller } = this;
    const zoom = controller?.map.getZoom() ?? 0;
    if (!controller || zoom < NEAREST_ZOOM) return new SnapIndex([]);
    const seen = new Set<string>();
    const shapes = controller.screen.features(LAYERS, ['fill', 'line']).filter((f) => {
      const g = f.geometry;
      const start = 'coordinates' in g ? JSON.stringify(g.coordinates[0]).slice(0, 80) : '';
      const key = `${f.sourceLayer}|${f.id ?? ''}|${start}`;
      return !seen.has(key) && seen.add(key);
    });
    return new SnapIndex(
      segmentsOf(
        shapes.map((f) => f.geometry),
        tileBorder(Math.floor(zoom)),
      ),
    );
  }
}
