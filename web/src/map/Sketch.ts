// Light drawing over the map: places, a line or a polygon, clicked point by
// point. Enter or a double click ends it, Backspace takes the last point back,
// Escape the whole of it, and with nothing drawn lets go of the tool.
import type { Feature, FeatureCollection } from 'geojson';
import type { MapMouseEvent } from 'maplibre-gl';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Position } from '../api/nouns';
import { useSteps } from '../state/undo';
import { Snapper } from '../zones/Snapper';
import { useControl } from './control';
import type { MapController, Tool } from './MapController';
import { DRAW } from './overlays';

export type SketchShape = 'place' | 'line' | 'polygon';

interface Hooks {
  /** A place at each click; the points of a line; the corners of a polygon, the first one not repeated. */
  done: (points: Position[]) => void;
  cancelled: () => void;
  changed?: (points: readonly Position[]) => void;
}

export class SketchTool implements Tool {
  private controller: MapController | null = null;
  private points: Position[] = [];
  private pointer: Position | null = null;
  private readonly snapper: Snapper;

  constructor(
    private readonly shape: SketchShape,
    private readonly hooks: Hooks,
  ) {
    this.snapper = new Snapper(() => shape === 'line');
  }

  attach(controller: MapController): void {
    this.controller = controller;
    const { map } = controller;
    map.doubleClickZoom.disable();
    map.getCanvas().style.cursor = 'crosshair';
    this.snapper.attach(controller);
    map.on('mousemove', this.onMove);
    map.on('click', this.onClick);
    map.on('dblclick', this.onDouble);
    addEventListener('keydown', this.onKey);
    this.tellSteps();
  }

  detach(): void {
    removeEventListener('keydown', this.onKey);
    this.snapper.detach();
    if (this.shape !== 'place') useSteps.getState().setStepper(null);
    const map = this.controller?.map;
    if (!map) return;
    map.off('mousemove', this.onMove);
    map.off('click', this.onClick);
    map.off('dblclick', this.onDouble);
    map.doubleClickZoom.enable();
    map.getCanvas().style.cursor = '';
    this.controller?.setData(DRAW, { type: 'FeatureCollection', features: [] });
    this.controller = null;
  }

  finish(): void {
    const enough = this.shape === 'line' ? 2 : 3;
    if (this.points.length < enough) return;
    const done = this.points;
    this.edit([]);
    this.hooks.done(done);
  }

  private edit(points: Position[]): void {
    this.points = points;
    this.hooks.changed?.(points);
    this.tellSteps();
    this.draw();
  }
  /** While something is drawn, undo takes back its points and not what was saved before. */
  private tellSteps(): void {
    if (this.shape === 'place') return;
    useSteps.getState().setStepper({
      canUndo: this.points.length > 0,
      canRedo: false,
      undo: () => this.edit(this.points.slice(0, -1)),
      redo: () => {},
    });
  }

  private onMove = (e: MapMouseEvent): void => {
    this.pointer = this.snapper.snap(e);
    this.draw();
  };
  private onClick = (e: MapMouseEvent): void => {
    const at = this.snapper.snap(e);
    if (this.shape === 'place') {
      this.hooks.done([at]);
      return;
    }
    const last = this.points.at(-1);
    if (last && Math.abs(last[0] - at[0]) < 1e-9 && Math.abs(last[1] - at[1]) < 1e-9) return;
    this.edit([...this.points, at]);
  };
  private onDouble = (e: MapMouseEvent): void => {
    e.preventDefault();
    this.finish();
  };
  private onKey = (e: KeyboardEvent): void => {
    if (e.ctrlKey || e.metaKey) return;
    const target = e.target as HTMLElement | null;
    if (target?.closest('input, textarea, [role="dialog"]')) return;
    if (e.key === 'Escape') {
      if (this.points.length) this.edit([]);
      else this.hooks.cancelled();
    } else if (e.key === 'Enter') {
      if (target?.closest('button')) return;
      this.finish();
    } else if (e.key === 'Backspace' || e.key === 'Delete') {
      if (this.points.length) this.edit(this.points.slice(0, -1));
    } else return;
    e.preventDefault();
    e.stopImmediatePropagation();
  };

  private draw(): void {
    this.controller?.setData(DRAW, featuresOf(this.shape, this.points, this.pointer, this.snapper.at));
  }
}

function featuresOf(
  shape: SketchShape,
  points: readonly Position[],
  pointer: Position | null,
  snapped: Position | null,
): FeatureCollection {
  const out: Feature[] = [];
  const put = (role: string, geometry: Feature['geometry']) =>
    out.push({ type: 'Feature', properties: { role }, geometry });
  const [first, last] = [points[0], points.at(-1)];
  if (shape === 'polygon' && first && points.length > 2)
    put('area', { type: 'Polygon', coordinates: [[...points, first]] });
  if (points.length > 1) put('ring', { type: 'LineString', coordinates: [...points] });
  if (pointer && first && last)
    put('rubber', {
      type: 'LineString',
      coordinates: shape === 'polygon' && points.length > 1 ? [last, pointer, first] : [last, pointer],
    });
  if (shape === 'place' && pointer) put('vertex', { type: 'Point', coordinates: pointer });
  for (const p of points) put('vertex', { type: 'Point', coordinates: p });
  if (snapped) put('snap', { type: 'Point', coordinates: snapped });
  return { type: 'FeatureCollection', features: out };
}

/**
 * Has the tool in hand as long as `shape` is not null; tells how many points are drawn, and ends the
 * shape for a button. The newest hooks count.
 */
export function useSketch(
  shape: SketchShape | null,
  hooks: Omit<Hooks, 'changed'>,
): { points: number; finish: () => void } {
  const controller = useControl((s) => s.controller);
  const [points, setPoints] = useState(0);
  const latest = useRef(hooks);
  latest.current = hooks;
  const tool = useMemo(
    () =>
      shape &&
      new SketchTool(shape, {
        done: (drawn) => latest.current.done(drawn),
        cancelled: () => latest.current.cancelled(),
        changed: (drawn) => setPoints(drawn.length),
      }),
    [shape],
  );
  useEffect(() => {
    if (!controller || !tool) return;
    controller.setTool(tool);
    return () => {
      controller.setTool(null);
      setPoints(0);
    };
  }, [controller, tool]);
  return { points, finish: () => tool?.finish() };
}
