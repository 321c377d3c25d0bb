// The map side of drawing: turns pointer and keys into edits of the sketch, and
// the sketch into features of the drawing layer. It holds no shapes of its own.
import type { Feature, FeatureCollection } from 'geojson';
import type { MapMouseEvent, MapTouchEvent } from 'maplibre-gl';
import type { Position } from '../api/nouns';
import type { MapController, Tool } from '../map/MapController';
import { DRAW } from '../map/overlays';
import { type Drawing, shapeOf, useDrawing } from './drawing';
import {
  abandonRing,
  addPoint,
  closeRing,
  dropLastPoint,
  dropOpenPoint,
  insertVertex,
  moveVertex,
  partAt,
  rectangle,
  removeVertex,
  type Sketch,
  type VertexAt,
} from './sketch';
import { SnapIndex, segmentsOf, tileBorder } from './snapping';

const GRIP = 9; // px around a vertex in which it can be taken hold of
const SNAP = 10; // px within which the pointer jumps to a vertex or an edge

export class DrawTool implements Tool {
  private controller: MapController | null = null;
  private index: SnapIndex | null = null;
  private dragging: { at: VertexAt; from: Sketch } | null = null;
  private snapped: Position | null = null;
  private free = false; // Alt is held
  private unsubscribe = () => {};
  private touchedAt = 0;

  /** `finished` is asked when the person wants to be done: Enter, double-click, or closing the first ring. */
  constructor(private readonly hooks: { finished: () => void; cancelled: () => void }) {}

  attach(controller: MapController): void {
    this.controller = controller;
    const { map } = controller;
    map.doubleClickZoom.disable();
    map.getCanvas().style.cursor = 'crosshair';
    map.on('mousedown', this.onDown);
    map.on('mousemove', this.onMove);
    map.on('mouseup', this.onUp);
    map.on('click', this.onClick);
    map.on('dblclick', this.onDouble);
    map.on('contextmenu', this.onRight);
    map.on('touchstart', this.onTouch);
    map.on('moveend', this.forget);
    map.on('idle', this.forget);
    addEventListener('keydown', this.onKey);
    addEventListener('keyup', this.onKey);
    this.unsubscribe = useDrawing.subscribe(this.draw);
    this.draw(useDrawing.getState());
  }

  detach(): void {
    const map = this.controller?.map;
    this.unsubscribe();
    removeEventListener('keydown', this.onKey);
    removeEventListener('keyup', this.onKey);
    if (!map) return;
    map.off('mousedown', this.onDown);
    map.off('mousemove', this.onMove);
    map.off('mouseup', this.onUp);
    map.off('click', this.onClick);
    map.off('dblclick', this.onDouble);
    map.off('contextmenu', this.onRight);
    map.off('touchstart', this.onTouch);
    map.off('moveend', this.forget);
    map.off('idle', this.forget);
    map.dragPan.enable();
    map.doubleClickZoom.enable();
    map.getCanvas().style.cursor = '';
    this.controller?.setData(DRAW, { type: 'FeatureCollection', features: [] });
    this.controller = null;
  }

  // ---- pointer

  private onDown = (e: MapMouseEvent): void => {
    if (e.originalEvent.button !== 0 || useDrawing.getState().sketch.open.length) return;
    const s = useDrawing.getState();
    const vertex = this.vertexUnder(e.point, s.sketch);
    if (vertex) {
      e.preventDefault();
      this.dragging = { at: vertex, from: s.sketch };
      return;
    }
    const middle = s.tool === 'edit' ? this.middleUnder(e.point, s.sketch) : null;
    if (middle) {
      e.preventDefault();
      const from = s.sketch;
      s.preview(insertVertex(s.sketch, middle.after, middle.at));
      this.dragging = { at: { ...middle.after, index: middle.after.index + 1 }, from };
    }
  };

  private onMove = (e: MapMouseEvent): void => {
    const s = useDrawing.getState();
    const at = this.snap(e);
    if (this.dragging) {
      s.preview(moveVertex(s.sketch, this.dragging.at, at));
      s.point(at); // the totals follow it
      return;
    }
    if (s.tool === 'edit' || !s.sketch.open.length) {
      const over =
        this.vertexUnder(e.point, s.sketch) ??
        (s.tool === 'edit' ? this.middleUnder(e.point, s.sketch) : null);
      this.cursor(over ? 'move' : s.tool === 'edit' ? '' : 'crosshair');
    }
    if (s.tool !== 'edit') s.point(at);
  };

  private onUp = (): void => {
    if (!this.dragging) return;
    useDrawing.getState().settle(this.dragging.from);
    useDrawing.getState().point(null);
    this.dragging = null;
    this.snapped = null;
    this.suppressClick = performance.now();
    this.draw(useDrawing.getState());
  };
  private suppressClick = 0;

  private onClick = (e: MapMouseEvent): void => {
    if (performance.now() - this.suppressClick < 60) return;
    const s = useDrawing.getState();
    if (s.tool === 'edit') return;
    const at = this.snap(e);
    const { sketch } = s;
    if (s.tool === 'rectangle') {
      const first = sketch.open[0];
      if (!first) s.edit(addPoint(sketch, at));
      else {
        s.edit(closeRing({ ...sketch, open: rectangle(first, at) }));
        this.ringDone();
      }
      return;
    }
    // Back on the first point: the ring is closed.
    const first = sketch.open[0];
    if (first && sketch.open.length >= 3 && this.near(e.point, first)) {
      s.edit(closeRing(sketch));
      this.ringDone();
      return;
    }
    if (!first && s.tool === 'hole') {
      const part = partAt(sketch, at);
      if (part >= 0) s.edit(addPoint({ ...sketch, target: { kind: 'hole', part } }, at));
      return;
    }
    s.edit(addPoint(sketch, at));
  };

  private onDouble = (e: MapMouseEvent): void => {
    e.preventDefault();
    const s = useDrawing.getState();
    if (s.sketch.open.length >= 3) {
      s.edit(closeRing(s.sketch));
      this.ringDone();
    }
  };

  private onRight = (e: MapMouseEvent): void => {
    e.preventDefault();
    const s = useDrawing.getState();
    const open = s.sketch.open.findIndex((p) => this.near(e.point, p));
    if (open >= 0) s.edit(dropOpenPoint(s.sketch, open));
    else if (s.sketch.open.length) s.edit(dropLastPoint(s.sketch));
    else {
      const vertex = this.vertexUnder(e.point, s.sketch);
      if (vertex) s.edit(removeVertex(s.sketch, vertex));
    }
  };

  /** A tablet has no hover: the first touch shows where the point would go. */
  private onTouch = (e: MapTouchEvent): void => {
    if (e.points.length !== 1) return;
    this.touchedAt = performance.now();
    const s = useDrawing.getState();
    if (s.tool !== 'edit') s.point([e.lngLat.lng, e.lngLat.lat]);
  };

  private onKey = (e: KeyboardEvent): void => {
    this.free = e.altKey;
    if (e.type !== 'keydown') return;
    if ((e.target as HTMLElement | null)?.closest('input, textarea, [role="dialog"]')) return;
    const s = useDrawing.getState();
    if (e.key === 'Escape') {
      if (s.sketch.open.length) s.edit(abandonRing(s.sketch));
      else this.hooks.cancelled();
    } else if (e.key === 'Enter') {
      if ((e.target as HTMLElement | null)?.closest('button')) return;
      if (s.sketch.open.length >= 3) {
        s.edit(closeRing(s.sketch));
        this.ringDone();
      } else if (s.sketch.parts.length) this.hooks.finished();
    } else if (e.key === 'Backspace' || e.key === 'Delete') {
      if (s.sketch.open.length) s.edit(dropLastPoint(s.sketch));
    } else return;
    e.preventDefault();
    e.stopPropagation();
  };

  private ringDone(): void {
    const s = useDrawing.getState();
    s.point(null);
    s.setTool('edit');
    this.hooks.finished();
  }

  // ---- finding things under the pointer

  private near(point: { x: number; y: number }, p: Position, reach = GRIP): boolean {
    const q = this.controller?.map.project(p);
    return !!q && Math.hypot(q.x - point.x, q.y - point.y) <= reach;
  }
  private vertexUnder(point: { x: number; y: number }, sketch: Sketch): VertexAt | null {
    for (const [part, rings] of sketch.parts.entries())
      for (const [ring, points] of rings.entries())
        for (const [index, p] of points.entries()) if (this.near(point, p)) return { part, ring, index };
    return null;
  }
  private middleUnder(
    point: { x: number; y: number },
    sketch: Sketch,
  ): { after: VertexAt; at: Position } | null {
    for (const m of middles(sketch)) if (this.near(point, m.at)) return m;
    return null;
  }

  private snap(e: MapMouseEvent): Position {
    const raw: Position = [e.lngLat.lng, e.lngLat.lat];
    const s = useDrawing.getState();
    this.snapped = null;
    if (!s.snapping || this.free || e.originalEvent.altKey || performance.now() - this.touchedAt < 50)
      return raw;
    const map = this.controller?.map;
    if (!map) return raw;
    const corner = map.unproject([e.point.x + SNAP, e.point.y + SNAP]);
    const dx = Math.abs(corner.lng - raw[0]);
    const dy = Math.abs(corner.lat - raw[1]);
    this.index ??= this.build();
    const found = this.index.nearest(raw, dx, dy);
    this.snapped = found?.at ?? null;
    return found?.at ?? raw;
  }

  /** Outlines that are on the screen; rebuilt lazily after the map has moved or loaded more. */
  private build(): SnapIndex {
    const map = this.controller?.map;
    if (!map || map.getZoom() < 13) return new SnapIndex([]);
    const layers = map
      .getStyle()
      .layers.filter(
        (l) =>
          'source-layer' in l &&
          ['buildings', 'communities', 'zones'].includes(l['source-layer'] ?? '') &&
          (l.type === 'fill' || l.type === 'line') &&
          !l.id.startsWith('lp-'),
      )
      .map((l) => l.id);
    if (!layers.length) return new SnapIndex([]);
    const features = map.queryRenderedFeatures({ layers });
    const seen = new Set<string>();
    const shapes = features.filter((f) => {
      const c = f.geometry;
      const key = `${f.sourceLayer}|${f.id ?? ''}|${'coordinates' in c ? JSON.stringify(c.coordinates[0]).slice(0, 80) : ''}`;
      return !seen.has(key) && seen.add(key);
    });
    return new SnapIndex(
      segmentsOf(
        shapes.map((f) => f.geometry),
        tileBorder(Math.floor(map.getZoom())),
      ),
    );
  }
  private forget = (): void => {
    this.index = null;
  };
  private cursor(cursor: string): void {
    const canvas = this.controller?.map.getCanvas();
    if (canvas && canvas.style.cursor !== cursor) canvas.style.cursor = cursor;
  }

  // ---- picture

  private draw = (s: Drawing): void => {
    this.controller?.setData(DRAW, features(s, this.snapped));
  };
}

function middles(sketch: Sketch): { after: VertexAt; at: Position }[] {
  return sketch.parts.flatMap((rings, part) =>
    rings.flatMap((points, ring) =>
      points.map((p, index) => {
        const q = points[(index + 1) % points.length] ?? p;
        return { after: { part, ring, index }, at: [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2] as Position };
      }),
    ),
  );
}

/** The drawing as features with a role, which the overlay layers draw. */
export function features(s: Drawing, snapped: Position | null): FeatureCollection {
  const out: Feature[] = [];
  const put = (role: string, geometry: Feature['geometry'], more: Record<string, unknown> = {}) =>
    out.push({ type: 'Feature', properties: { role, ...more }, geometry });
  const fault = s.faults.length > 0;
  const open =
    s.tool === 'rectangle' && s.sketch.open[0] && s.pointer
      ? rectangle(s.sketch.open[0], s.pointer)
      : s.sketch.open;
  const whole = shapeOf(s.sketch, s.tool, s.pointer);
  if (whole) put('area', whole, { fault });
  for (const rings of s.sketch.parts)
    for (const ring of rings) {
      const first = ring[0];
      if (first) put('ring', { type: 'LineString', coordinates: [...ring, first] }, { fault });
    }
  if (s.tool === 'rectangle') {
    const first = open[0];
    if (first && open.length > 1)
      put('rubber', { type: 'LineString', coordinates: [...open, first] }, { fault });
  } else if (open.length) {
    if (open.length > 1) put('ring', { type: 'LineString', coordinates: [...open] }, { fault });
    const last = open.at(-1);
    const first = open[0];
    if (s.pointer && last && first) {
      put(
        'rubber',
        { type: 'LineString', coordinates: open.length > 1 ? [last, s.pointer, first] : [last, s.pointer] },
        { fault },
      );
    }
  }
  for (const rings of s.sketch.parts)
    for (const ring of rings) for (const p of ring) put('vertex', { type: 'Point', coordinates: p });
  for (const [i, p] of s.sketch.open.entries())
    put('vertex', { type: 'Point', coordinates: p }, { active: i === 0 });
  if (s.tool === 'edit')
    for (const m of middles(s.sketch)) put('middle', { type: 'Point', coordinates: m.at });
  if (snapped) put('snap', { type: 'Point', coordinates: snapped });
  for (const p of s.faults) put('fault', { type: 'Point', coordinates: p });
  return { type: 'FeatureCollection', features: out };
}
