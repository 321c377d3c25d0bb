// While zones are picked for merging, a click on the map picks a zone or drops it.
import type { MapMouseEvent } from 'maplibre-gl';
import type { MapController, Tool } from '../map/MapController';
import { useMerging } from './merging';

export class MergeTool implements Tool {
  private controller: MapController | null = null;
  private unsubscribe = () => {};

  constructor(private readonly hooks: { finished: () => void; cancelled: () => void }) {}

  attach(controller: MapController): void {
    this.controller = controller;
    controller.map.boxZoom.disable(); // it would take the clicks with Shift
    controller.map.on('click', this.onClick);
    controller.map.on('mousemove', this.onMove);
    addEventListener('keydown', this.onKey);
    controller.setGathered(useMerging.getState().codes);
    this.unsubscribe = useMerging.subscribe((s) => controller.setGathered(s.codes));
  }
  detach(): void {
    const { controller } = this;
    this.unsubscribe();
    removeEventListener('keydown', this.onKey);
    controller?.map.boxZoom.enable();
    controller?.map.off('click', this.onClick);
    controller?.map.off('mousemove', this.onMove);
    controller?.setGathered([]);
    if (controller) controller.map.getCanvas().style.cursor = '';
    this.controller = null;
  }

  private onClick = (e: MapMouseEvent): void => {
    const code = this.controller?.screen.zoneAt(e.point);
    if (code) useMerging.getState().toggle(code);
  };
  private onMove = (e: MapMouseEvent): void => {
    const { controller } = this;
    if (controller)
      controller.map.getCanvas().style.cursor = controller.screen.zoneAt(e.point) ? 'pointer' : '';
  };
  private onKey = (e: KeyboardEvent): void => {
    const target = e.target as HTMLElement | null;
    if (target?.closest('input:not([type="checkbox"]), textarea, [role="dialog"]')) return;
    if (e.key === 'Escape') this.hooks.cancelled();
    else if (e.key === 'Enter' && !target?.closest('button')) this.hooks.finished();
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
}
