// The map side of a what-if: facilities are taken hold of and moved, a click
// adds one or picks what lies there.
import type { MapMouseEvent, MapTouchEvent } from 'maplibre-gl';
import type { Position } from '../api/nouns';
import { drawnSource } from '../map/Drawn';
import type { MapController, Tool } from '../map/MapController';
import { handleLayer, TRIAL } from './trialShapes';
import { useTrying } from './trying';

const GRIP = 6; // px around a facility in which it can be taken hold of
const STILL = 3; // px; a press that moves less is a click

interface Press {
  point: { x: number; y: number };
  lngLat: { lng: number; lat: number };
  preventDefault: () => void;
}

export class TrialTool implements Tool {
  private controller: MapController | null = null;
  private held: { code: string; from: { x: number; y: number }; moving: boolean } | null = null;

  constructor(
    private readonly hooks: {
      /** A click where no facility is. */
      clicked: (at: Position, building: string | null) => void;
    },
  ) {}

  attach(controller: MapController): void {
    this.controller = controller;
    const { map } = controller;
    map.on('mousedown', this.onDown);
    map.on('mousemove', this.onMove);
    map.on('touchstart', this.onTouch);
    map.on('touchmove', this.onTouchMove);
    map.on('touchend', this.onUp);
    map.on('click', this.onClick);
    addEventListener('mouseup', this.onUp); // also where the drag ends beside the map
  }
  detach(): void {
    removeEventListener('mouseup', this.onUp);
    const map = this.controller?.map;
    if (!map) return;
    map.off('mousedown', this.onDown);
    map.off('mousemove', this.onMove);
    map.off('touchstart', this.onTouch);
    map.off('touchmove', this.onTouchMove);
    map.off('touchend', this.onUp);
    map.off('click', this.onClick);
    map.getCanvas().style.cursor = '';
    this.controller = null;
    this.held = null;
  }

  private onDown = (e: MapMouseEvent): void => {
    if (e.originalEvent.button === 0) this.press(e);
  };
  private onTouch = (e: MapTouchEvent): void => {
    if (e.points.length === 1) this.press(e);
  };
  private press(e: Press): void {
    const code = this.under(e.point);
    if (!code) return;
    e.preventDefault();
    const { closed, choose } = useTrying.getState();
    choose(code);
    if (!closed.has(code)) this.held = { code, from: e.point, moving: false };
  }
  private onMove = (e: MapMouseEvent): void => {
    if (this.held) this.drag(e);
    else if (this.controller)
      this.controller.map.getCanvas().style.cursor = this.under(e.point)
        ? 'grab'
        : useTrying.getState().hand === 'add'
          ? 'crosshair'
          : '';
  };
  private onTouchMove = (e: MapTouchEvent): void => {
    if (!this.held) return;
    e.preventDefault();
    this.drag(e);
  };
  private drag(e: Press): void {
    const { held } = this;
    if (!held) return;
    const far = Math.hypot(e.point.x - held.from.x, e.point.y - held.from.y) > STILL;
    if (!held.moving && !far) return;
    held.moving = true;
    if (this.controller) this.controller.map.getCanvas().style.cursor = 'grabbing';
    useTrying.getState().move(held.code, [e.lngLat.lng, e.lngLat.lat]);
  }
  private onUp = (): void => {
    this.held = null;
  };

  private onClick = (e: MapMouseEvent): void => {
    if (this.under(e.point)) return;
    this.hooks.clicked([e.lngLat.lng, e.lngLat.lat], this.building(e.point));
  };
  private under({ x, y }: { x: number; y: number }): string | null {
    const map = this.controller?.map;
    const layer = handleLayer(drawnSource(TRIAL));
    if (!map?.getLayer(layer)) return null;
    const found = map.queryRenderedFeatures(
      [
        [x - GRIP, y - GRIP],
        [x + GRIP, y + GRIP],
      ],
      { layers: [layer] },
    );
    const code: unknown = found[0]?.properties.code;
    return code === undefined ? null : String(code);
  }
  private building({ x, y }: { x: number; y: number }): string | null {
    const map = this.controller?.map;
    if (!map?.getLayer('lp-coverage')) return null;
    const [found] = map.queryRenderedFeatures([x, y], { layers: ['lp-coverage'] });
    const code: unknown = found?.properties.code;
    return code === undefined ? null : String(code);
  }
}
