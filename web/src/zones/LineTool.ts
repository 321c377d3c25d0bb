// The map side of split and reshape: a line that is clicked point by point, and
// for reshape a picture of the outline that would come of it.
import type { Feature, FeatureCollection, MultiPolygon } from 'geojson';
import type { MapMouseEvent } from 'maplibre-gl';
import type { Position } from '../api/nouns';
import type { MapController, Tool } from '../map/MapController';
import { DRAW } from '../map/overlays';
import { type Cutting, useCutting } from './cutting';
import { useDrawing } from './drawing';
import { Snapper } from './Snapper';

const GRIP = 9; // px around a point in which it can be taken out

export class LineTool implements Tool {
  private controller: MapController | null = null;
  private snapper = new Snapper(() => useDrawing.getState().snapping);
  private unsubscribe = () => {};

  /**
   * `outlines` tells which outlines to show: the zone's own, and what would become of it.
   * `edge` gives the place on an outline that a point so near to it is meant to lie on.
   */
  constructor(
    private readonly hooks: {
      finished: () => void;
      cancelled: () => void;
      edge: (at: Position) => Position | null;
      outlines: (line: readonly Position[]) => { before: MultiPolygon | null; after: MultiPolygon | null };
    },
  ) {}

  attach(controller: MapController): void {
    this.controller = controller;
    const { map } = controller;
    map.doubleClickZoom.disable();
    map.getCanvas().style.cursor = 'crosshair';
    this.snapper.attach(controller);
    map.on('mousemove', this.onMove);
    map.on('click', this.onClick);
    map.on('dblclick', this.onDouble);
    map.on('contextmenu', this.onRight);
    addEventListener('keydown', this.onKey);
    addEventListener('keyup', this.onKey);
    this.unsubscribe = useCutting.subscribe(this.draw);
    this.draw(useCutting.getState());
  }

  detach(): void {
    const map = this.controller?.map;
    this.unsubscribe();
    this.snapper.detach();
    removeEventListener('keydown', this.onKey);
    removeEventListener('keyup', this.onKey);
    if (!map) return;
    map.off('mousemove', this.onMove);
    map.off('click', this.onClick);
    map.off('dblclick', this.onDouble);
    map.off('contextmenu', this.onRight);
    map.doubleClickZoom.enable();
    map.getCanvas().style.cursor = '';
    this.controller?.setData(DRAW, { type: 'FeatureCollection', features: [] });
    this.controller = null;
  }

  private onMove = (e: MapMouseEvent): void => useCutting.getState().point(this.snap(e));
  private snap(e: MapMouseEvent): Position {
    const at = this.snapper.snap(e);
    const edge = this.hooks.edge([e.lngLat.lng, e.lngLat.lat]);
    if (edge) this.snapper.at = edge;
    return edge ?? at;
  }

  private onClick = (e: MapMouseEvent): void => {
    const { line, edit } = useCutting.getState();
    const at = this.snap(e);
    const last = line.at(-1);
    if (last && Math.abs(last[0] - at[0]) < 1e-9 && Math.abs(last[1] - at[1]) < 1e-9) return;
    edit([...line, at]);
  };
  private onDouble = (e: MapMouseEvent): void => {
    e.preventDefault();
    if (useCutting.getState().line.length >= 2) this.hooks.finished();
  };
  private onRight = (e: MapMouseEvent): void => {
    e.preventDefault();
    const { line, edit } = useCutting.getState();
    const under = line.findIndex((p) => {
      const q = this.controller?.map.project(p);
      return q && Math.hypot(q.x - e.point.x, q.y - e.point.y) <= GRIP;
    });
    if (line.length) edit(under >= 0 ? line.filter((_, i) => i !== under) : line.slice(0, -1));
  };
  private onKey = (e: KeyboardEvent): void => {
    this.snapper.free = e.altKey;
    if (e.type !== 'keydown' || e.ctrlKey || e.metaKey) return;
    const target = e.target as HTMLElement | null;
    if (target?.closest('input, textarea, [role="dialog"]')) return;
    const { line, edit } = useCutting.getState();
    if (e.key === 'Escape') {
      if (line.length) edit([]);
      else this.hooks.cancelled();
    } else if (e.key === 'Enter') {
      if (target?.closest('button')) return;
      if (line.length >= 2) this.hooks.finished();
    } else if (e.key === 'Backspace' || e.key === 'Delete') {
      if (line.length) edit(line.slice(0, -1));
    } else return;
    e.preventDefault();
    e.stopPropagation();
  };

  private draw = (s: Cutting): void => {
    const { line, pointer } = s;
    const upTo = pointer && line.length ? [...line, pointer] : line;
    const { before, after } = this.hooks.outlines(upTo);
    this.controller?.setData(DRAW, features(line, pointer, before, after, this.snapper.at));
  };
}

function features(
  line: readonly Position[],
  pointer: Position | null,
  before: MultiPolygon | null,
  after: MultiPolygon | null,
  snapped: Position | null,
): FeatureCollection {
  const out: Feature[] = [];
  const put = (role: string, geometry: Feature['geometry'], more: Record<string, unknown> = {}) =>
    out.push({ type: 'Feature', properties: { role, ...more }, geometry });
  if (before) put('before', { type: 'MultiLineString', coordinates: before.coordinates.flat() });
  const filled = after ?? before;
  if (filled) put('area', filled);
  const last = line.at(-1);
  if (line.length > 1) put('ring', { type: 'LineString', coordinates: [...line] });
  if (last && pointer) put('rubber', { type: 'LineString', coordinates: [last, pointer] });
  for (const [i, p] of line.entries()) put('vertex', { type: 'Point', coordinates: p }, { active: i === 0 });
  if (snapped) put('snap', { type: 'Point', coordinates: snapped });
  return { type: 'FeatureCollection', features: out };
}
