// The map side of drawing: turns pointer and keys into edits of the sketch, and
// the sketch into features of the drawing layer. It holds no shapes of its own.
import type { Feature, FeatureCollection } from 'geojson';
import type { MapMouseEvent, MapTouchEvent } from 'maplibre-gl';
import type { Position } from '../api/nouns';
import type { MapController, Tool } from '../map/MapController';
import { DRAW } from '../map/overlays';
import { type Drawing, shapeOf, useDrawing } from './drawing';
import { FREEHAND_TOLERANCE, type Pixel, simplifyRing } from './freehand';
import { type Clash, clashOf, clashOfMoved } from './overlap';
import { Snapper } from './Snapper';
import {
  abandonRing,
  addPoint,
  circleOf,
  circleRing,
  closeRing,
  dropLastPoint,
  dropOpenPoint,
  insertVertex,
  movePart,
  moveVertex,
  partAt,
  rectangle,
  removeRing,
  removeVertex,
  ringAt,
  type Sketch,
  type VertexAt,
} from './sketch';

const GRIP = 9; // px around a vertex in which it can be taken hold of
const HAND_STEP = 2; // px that the hand moves before freehand takes a point

/** What the pointer has hold of between press and release. */
type Grip =
  | { what: 'vertex'; at: VertexAt; from: Sketch }
  | { what: 'ring'; part: number; ring: number | null; last: Position; from: Sketch }
  | { what: 'hand'; from: Sketch; path: Position[]; pixels: Pixel[] };

interface Press {
  point: { x: number; y: number };
  lngLat: { lng: number; lat: number };
  originalEvent: { altKey?: boolean; shiftKey?: boolean };
  preventDefault: () => void;
}

export class DrawTool implements Tool {
  private controller: MapController | null = null;
  private grip: Grip | null = null;
  private snapper = new Snapper(() => useDrawing.getState().snapping);
  private unsubscribe = () => {};
  private touchedAt = 0;
  private panning = false; // Space is held: the map moves, the tool waits
  private under: Position | null = null;

  /**
   * `finished` is asked when the person wants to be done with the drawing, `closed` when a ring is done.
   * `refused` hears why a ring was not taken.
   */
  constructor(
    private readonly hooks: {
      finished: () => void;
      closed: () => void;
      cancelled: () => void;
      refused: (clash: Clash | 'tiny') => void;
    },
  ) {}

  attach(controller: MapController): void {
    this.controller = controller;
    const { map } = controller;
    map.doubleClickZoom.disable();
    map.boxZoom.disable();
    map.getCanvas().style.cursor = 'crosshair';
    this.snapper.attach(controller);
    map.on('mousedown', this.onDown);
    map.on('mousemove', this.onMove);
    map.on('click', this.onClick);
    map.on('dblclick', this.onDouble);
    map.on('contextmenu', this.onRight);
    map.on('touchstart', this.onTouch);
    map.on('touchmove', this.onTouchMove);
    map.on('touchend', this.onUp);
    addEventListener('mouseup', this.onUp); // also where the drag ends beside the map
    addEventListener('keydown', this.onKey);
    addEventListener('keyup', this.onKey);
    this.unsubscribe = useDrawing.subscribe(this.draw);
    this.draw(useDrawing.getState());
  }

  detach(): void {
    const map = this.controller?.map;
    this.unsubscribe();
    this.snapper.detach();
    removeEventListener('mouseup', this.onUp);
    removeEventListener('keydown', this.onKey);
    removeEventListener('keyup', this.onKey);
    if (!map) return;
    map.off('mousedown', this.onDown);
    map.off('mousemove', this.onMove);
    map.off('click', this.onClick);
    map.off('dblclick', this.onDouble);
    map.off('contextmenu', this.onRight);
    map.off('touchstart', this.onTouch);
    map.off('touchmove', this.onTouchMove);
    map.off('touchend', this.onUp);
    map.doubleClickZoom.enable();
    map.boxZoom.enable();
    map.getCanvas().style.cursor = '';
    this.controller?.setData(DRAW, { type: 'FeatureCollection', features: [] });
    this.controller = null;
  }

  // ---- pointer

  private onDown = (e: MapMouseEvent): void => {
    if (e.originalEvent.button === 0 && !this.panning) this.press(e);
  };
  private press(e: Press): void {
    const s = useDrawing.getState();
    if (s.sketch.open.length) return;
    const at: Position = [e.lngLat.lng, e.lngLat.lat];
    const from = s.sketch;
    if (s.tool === 'freehand') {
      e.preventDefault();
      this.grip = { what: 'hand', from, path: [at], pixels: [[e.point.x, e.point.y]] };
      return;
    }
    const vertex = this.vertexUnder(e.point, s.sketch);
    if (vertex) {
      e.preventDefault();
      this.grip = { what: 'vertex', at: vertex, from };
      return;
    }
    if (s.tool !== 'edit') return;
    const middle = this.middleUnder(e.point, s.sketch);
    if (middle) {
      e.preventDefault();
      s.preview(insertVertex(s.sketch, middle.after, middle.at));
      this.grip = { what: 'vertex', at: { ...middle.after, index: middle.after.index + 1 }, from };
      return;
    }
    const inside = e.originalEvent.shiftKey ? ringAt(s.sketch, at) : null;
    if (inside) {
      e.preventDefault();
      this.grip = { what: 'ring', part: inside.part, ring: inside.ring || null, last: at, from };
      this.cursor('grabbing');
    }
  }

  private onMove = (e: MapMouseEvent): void => this.move(e);
  private move(e: Press): void {
    const s = useDrawing.getState();
    const raw: Position = [e.lngLat.lng, e.lngLat.lat];
    this.under = raw;
    const { grip } = this;
    if (grip?.what === 'hand') {
      const [x, y] = grip.pixels.at(-1) ?? [0, 0];
      if (Math.hypot(e.point.x - x, e.point.y - y) < HAND_STEP) return;
      grip.path.push(raw);
      grip.pixels.push([e.point.x, e.point.y]);
      s.trace(grip.path);
      return;
    }
    if (grip?.what === 'ring') {
      s.preview(movePart(s.sketch, grip.part, raw[0] - grip.last[0], raw[1] - grip.last[1], grip.ring));
      grip.last = raw;
      s.point(raw);
      return;
    }
    const at = this.snap(e);
    if (grip) {
      s.preview(moveVertex(s.sketch, grip.at, at));
      s.point(at); // the totals follow it
      return;
    }
    if (s.tool === 'edit' || !s.sketch.open.length) {
      const over =
        this.vertexUnder(e.point, s.sketch) ??
        (s.tool === 'edit' ? this.middleUnder(e.point, s.sketch) : null);
      const part = s.tool === 'edit' && e.originalEvent.shiftKey && ringAt(s.sketch, raw);
      this.cursor(over ? 'move' : part ? 'grab' : s.tool === 'edit' ? '' : 'crosshair');
    }
    if (s.tool !== 'edit') s.point(at);
  }

  private onUp = (): void => {
    const { grip } = this;
    if (!grip) return;
    this.grip = null;
    this.snapper.at = null;
    this.suppressClick = performance.now();
    const s = useDrawing.getState();
    if (grip.what === 'hand') {
      this.handUp(grip);
      return;
    }
    const clash = grip.what === 'ring' && grip.ring === null ? clashOfMoved(s.sketch, grip.part) : null;
    if (clash) {
      s.preview(grip.from);
      this.hooks.refused(clash);
    } else s.settle(grip.from);
    s.point(null);
    this.cursor('');
    this.draw(useDrawing.getState());
  };
  private suppressClick = 0;

  /** The hand's path becomes a ring of the points that matter. */
  private handUp({ from, path, pixels }: Extract<Grip, { what: 'hand' }>): void {
    const s = useDrawing.getState();
    s.preview(from);
    const ring = simplifyRing(pixels, FREEHAND_TOLERANCE)
      .map((i) => path[i])
      .filter((p) => p !== undefined);
    if (ring.length < 3) {
      if (pixels.length > 3) this.hooks.refused('tiny');
      return;
    }
    this.close(ring);
  }

  private onClick = (e: MapMouseEvent): void => {
    if (performance.now() - this.suppressClick < 60 || this.panning) return;
    const s = useDrawing.getState();
    if (s.tool === 'edit' || s.tool === 'freehand') return;
    const at = this.snap(e);
    const { sketch } = s;
    const first = sketch.open[0];
    if (s.tool === 'rectangle' || s.tool === 'circle') {
      if (!first) s.edit(addPoint(sketch, at));
      else this.close(s.tool === 'rectangle' ? rectangle(first, at) : circleRing(first, at));
      return;
    }
    // Back on the first point: the ring is closed.
    if (first && sketch.open.length >= 3 && this.near(e.point, first)) {
      this.close(sketch.open);
      return;
    }
    if (!first && s.tool === 'hole') {
      const part = partAt(sketch, at);
      if (part >= 0) s.edit(addPoint({ ...sketch, target: { kind: 'hole', part } }, at));
      else this.hooks.refused('outside');
      return;
    }
    s.edit(addPoint(sketch, at));
  };

  private onDouble = (e: MapMouseEvent): void => {
    e.preventDefault();
    const { sketch } = useDrawing.getState();
    if (sketch.open.length >= 3) this.close(sketch.open);
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
    if (s.tool === 'freehand') this.press(e);
    else if (s.tool !== 'edit') s.point([e.lngLat.lng, e.lngLat.lat]);
  };
  private onTouchMove = (e: MapTouchEvent): void => {
    if (this.grip?.what !== 'hand') return;
    e.preventDefault();
    this.move(e);
  };

  private onKey = (e: KeyboardEvent): void => {
    this.snapper.free = e.altKey;
    const target = e.target as HTMLElement | null;
    const typing = target?.closest('input, textarea, [role="dialog"]');
    if (e.key === ' ' && !typing && !target?.closest('button')) {
      this.panning = e.type === 'keydown';
      this.cursor(this.panning ? 'grab' : 'crosshair');
      e.preventDefault();
    }
    if (e.type !== 'keydown' || typing || e.ctrlKey || e.metaKey) return;
    const s = useDrawing.getState();
    if (e.key === 'Escape') {
      if (this.grip) this.letGo();
      else if (s.sketch.open.length) s.edit(abandonRing(s.sketch));
      else this.hooks.cancelled();
    } else if (e.key === 'Enter') {
      if (target?.closest('button')) return;
      if (s.tool === 'rectangle' || s.tool === 'circle') {
        if (!s.sketch.open.length && s.sketch.parts.length) this.hooks.finished();
      } else if (s.sketch.open.length >= 3) this.close(s.sketch.open);
      else if (!s.sketch.open.length && s.sketch.parts.length) this.hooks.finished();
    } else if (e.key === 'Backspace' || e.key === 'Delete') {
      if (s.sketch.open.length) s.edit(dropLastPoint(s.sketch));
      else if (s.tool === 'edit') this.removeUnder();
    } else return;
    e.preventDefault();
    e.stopPropagation();
  };

  /** Takes out the vertex, the hole or, of several, the part under the pointer. */
  private removeUnder(): void {
    const { sketch, edit } = useDrawing.getState();
    const pixel = this.under && this.controller?.map.project(this.under);
    if (!this.under || !pixel) return;
    const vertex = this.vertexUnder(pixel, sketch);
    const inside = ringAt(sketch, this.under);
    if (vertex) edit(removeVertex(sketch, vertex));
    else if (inside && (inside.ring > 0 || sketch.parts.length > 1))
      edit(removeRing(sketch, inside.part, inside.ring));
  }

  /** Drops what is held, as if it had not been taken hold of. */
  private letGo(): void {
    if (this.grip) useDrawing.getState().preview(this.grip.from);
    this.grip = null;
  }

  /** Finishes a circle around the point that is set, with a radius that was typed. */
  closeCircle(metres: number): void {
    const [centre] = useDrawing.getState().sketch.open;
    if (centre) this.close(circleOf(centre, metres));
  }

  /** Makes a ring a part or a hole, unless it lies where it may not. */
  private close(ring: readonly Position[]): void {
    const s = useDrawing.getState();
    const closed = closeRing({ ...s.sketch, open: ring });
    const clash = closed.open.length ? 'tiny' : clashOf(s.sketch, ring);
    if (clash) {
      // Corners can be taken back one by one; a shape that is drawn in one go is drawn again.
      if (s.tool !== 'polygon' && s.tool !== 'hole') s.edit(abandonRing(s.sketch));
      this.hooks.refused(clash);
      return;
    }
    s.edit(closed);
    s.point(null);
    s.setTool('edit');
    this.hooks.closed();
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

  private snap(e: Press): Position {
    // A finger hides what it would snap to.
    if (performance.now() - this.touchedAt < 50) return [e.lngLat.lng, e.lngLat.lat];
    return this.snapper.snap(e);
  }
  private cursor(cursor: string): void {
    const canvas = this.controller?.map.getCanvas();
    if (canvas && canvas.style.cursor !== cursor) canvas.style.cursor = cursor;
  }

  // ---- picture

  private draw = (s: Drawing): void => {
    this.controller?.setData(DRAW, features(s, this.snapper.at));
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
  const [first] = s.sketch.open;
  const spanned =
    first && s.pointer && s.tool === 'rectangle'
      ? rectangle(first, s.pointer)
      : first && s.pointer && s.tool === 'circle'
        ? circleRing(first, s.pointer)
        : null;
  const whole = shapeOf(s.sketch, s.tool, s.pointer);
  if (whole) put('area', whole, { fault });
  for (const rings of s.sketch.parts)
    for (const ring of rings) {
      const start = ring[0];
      if (start) put('ring', { type: 'LineString', coordinates: [...ring, start] }, { fault });
    }
  if (spanned) {
    put('rubber', { type: 'LineString', coordinates: [...spanned, spanned[0] ?? [0, 0]] }, { fault });
    if (s.tool === 'circle' && first && s.pointer)
      put('rubber', { type: 'LineString', coordinates: [first, s.pointer] }, { fault });
  } else if (first) {
    const { open } = s.sketch;
    if (open.length > 1) put('ring', { type: 'LineString', coordinates: [...open] }, { fault });
    const last = open.at(-1);
    if (s.pointer && last && s.tool !== 'freehand') {
      put(
        'rubber',
        { type: 'LineString', coordinates: open.length > 1 ? [last, s.pointer, first] : [last, s.pointer] },
        { fault },
      );
    }
  }
  for (const rings of s.sketch.parts)
    for (const ring of rings) for (const p of ring) put('vertex', { type: 'Point', coordinates: p });
  for (const [i, p] of s.tool === 'freehand' ? [] : s.sketch.open.entries())
    put('vertex', { type: 'Point', coordinates: p }, { active: i === 0 });
  if (s.tool === 'edit')
    for (const m of middles(s.sketch)) put('middle', { type: 'Point', coordinates: m.at });
  if (snapped) put('snap', { type: 'Point', coordinates: snapped });
  for (const p of s.faults) put('fault', { type: 'Point', coordinates: p });
  return { type: 'FeatureCollection', features: out };
}
