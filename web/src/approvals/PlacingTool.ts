// Points out where an opinion is about: one click on the map.
import type { MapMouseEvent } from 'maplibre-gl';
import type { Position } from '../api/nouns';
import type { MapController, Tool } from '../map/MapController';

export class PlacingTool implements Tool {
  private controller: MapController | null = null;
  constructor(private readonly placed: (at: Position) => void) {}

  attach(controller: MapController): void {
    this.controller = controller;
    controller.map.on('click', this.onClick);
    controller.map.getCanvas().style.cursor = 'crosshair';
  }
  detach(): void {
    const map = this.controller?.map;
    this.controller = null;
    if (!map) return;
    map.off('click', this.onClick);
    map.getCanvas().style.cursor = '';
  }
  private onClick = (e: MapMouseEvent): void => this.placed([e.lngLat.lng, e.lngLat.lat]);
}
