// The map side of the brush: turns strokes into communities, and communities
// into colours. Everything that a frame costs is in `frame`; the index is built
// while nobody waits for it.
import type { MapMouseEvent, MapTouchEvent } from 'maplibre-gl';
import type { MapController, Tool } from '../map/MapController';
import { type Square, toSquare, worldSize } from '../map/mercator';
import { BrushIndex } from './brush';
import { type Painting, shade, usePainting } from './painting';

const REST = 120; // ms without news from the map before the communities are read again
const STILL = 4; // px; a press that moves less is a click
const LAYERS = ['communities', 'community_points'];

interface Stroke {
  /** Whether it puts communities in. */
  inside: boolean;
  /** Where the press was, in pixels. */
  from: { x: number; y: number };
  last: Square;
  moved: boolean;
}

/** What a pointer frame cost, for tests: milliseconds of our own code, the rendering of the panel with it. */
export interface FrameCost {
  milliseconds: number;
  changed: number;
}
declare global {
  interface Window {
    /** Of the brush that is in hand: what its frames and its index cost, and how many communities it can reach. */
    lianpianBrush?: { frames: FrameCost[]; builds: number[]; communities: number };
  }
}

export class BrushTool implements Tool {
  private controller: MapController | null = null;
  private index: BrushIndex | null = null;
  /** What the index holds by code: the name, and the layer that draws it. */
  private known = new Map<string, { name: string; layer: string }>();
  private stale = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private forget = () => {};
  private unsubscribe = () => {};
  private stroke: Stroke | null = null;
  private ahead: Square[] = [];
  private request = 0;
  private ring: HTMLDivElement | null = null;
  private free = false;
  private panning = false;
  private shown = new Set<string>();

  constructor(private readonly hooks: { finished: () => void; cancelled: () => void }) {}

  attach(controller: MapController): void {
    this.controller = controller;
    const { map } = controller;
    map.doubleClickZoom.disable();
    map.boxZoom.disable();
    map.getCanvas().style.cursor = 'crosshair';
    this.ring = document.createElement('div');
    Object.assign(this.ring.style, {
      position: 'absolute',
      top: '0',
      left: '0',
      borderRadius: '50%',
      border: '1.5px solid var(--text)',
      boxShadow: '0 0 0 1px var(--surface)',
      pointerEvents: 'none',
      display: 'none',
      zIndex: '2',
    });
    map.getContainer().append(this.ring);
    controller.setPainting(true);
    this.forget = controller.screen.whenChanged(() => {
      this.stale = true;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.build(), REST);
    });
    map.on('mousedown', this.onDown);
    map.on('mousemove', this.onMove);
    map.on('mouseout', this.onOut);
    map.on('dblclick', this.onDouble);
    map.on('contextmenu', this.onRight);
    map.on('touchstart', this.onTouch);
    map.on('touchmove', this.onTouchMove);
    map.on('style.load', this.repaint);
    addEventListener('mouseup', this.onUp);
    addEventListener('touchend', this.onUp);
    addEventListener('keydown', this.onKey);
    addEventListener('keyup', this.onKey);
    this.unsubscribe = usePainting.subscribe(this.follow);
    window.lianpianBrush = { frames: [], builds: [], communities: 0 };
    this.build();
    this.repaint();
  }

  detach(): void {
    const { controller } = this;
    this.unsubscribe();
    this.forget();
    clearTimeout(this.timer);
    cancelAnimationFrame(this.request);
    removeEventListener('mouseup', this.onUp);
    removeEventListener('touchend', this.onUp);
    removeEventListener('keydown', this.onKey);
    removeEventListener('keyup', this.onKey);
    this.ring?.remove();
    if (!controller) return;
    const { map } = controller;
    map.off('mousedown', this.onDown);
    map.off('mousemove', this.onMove);
    map.off('mouseout', this.onOut);
    map.off('dblclick', this.onDouble);
    map.off('contextmenu', this.onRight);
    map.off('touchstart', this.onTouch);
    map.off('touchmove', this.onTouchMove);
    map.off('style.load', this.repaint);
    map.doubleClickZoom.enable();
    map.boxZoom.enable();
    map.getCanvas().style.cursor = '';
    for (const code of this.shown) controller.shade(code, 0);
    this.shown.clear();
    controller.setPainting(false);
    this.controller = null;
  }

  // ---- pointer

  private onDown = (e: MapMouseEvent): void => {
    const { button, altKey } = e.originalEvent;
    if (this.panning || (button !== 0 && button !== 2)) return;
    e.preventDefault();
    this.press(e.point, e.lngLat, button === 0 && !altKey);
  };
  private onTouch = (e: MapTouchEvent): void => {
    if (e.points.length !== 1) return;
    e.preventDefault();
    this.press(e.point, e.lngLat, true);
  };
  private press(point: { x: number; y: number }, at: { lng: number; lat: number }, inside: boolean): void {
    if (this.stale) this.build();
    this.stroke = { inside, from: { ...point }, last: toSquare([at.lng, at.lat]), moved: false };
    usePainting.getState().press();
  }

  private onMove = (e: MapMouseEvent): void => this.move(e.point, e.lngLat);
  private onTouchMove = (e: MapTouchEvent): void => {
    if (!this.stroke || e.points.length !== 1) return;
    e.preventDefault();
    this.move(e.point, e.lngLat);
  };
  private move(point: { x: number; y: number }, at: { lng: number; lat: number }): void {
    this.placeRing(point);
    const { stroke } = this;
    if (!stroke) return;
    stroke.moved ||= Math.hypot(point.x - stroke.from.x, point.y - stroke.from.y) >= STILL;
    if (!stroke.moved) return;
    this.ahead.push(toSquare([at.lng, at.lat]));
    if (!this.request)
      this.request = requestAnimationFrame(() => {
        this.request = 0;
        this.frame();
      });
  }

  /** Paints what the pointer has passed since the last frame, and notes what that cost. */
  private frame(): void {
    const { stroke, index, controller } = this;
    const ahead = this.ahead;
    this.ahead = [];
    if (!stroke || !index || !controller || !ahead.length) return;
    const start = performance.now();
    const s = usePainting.getState();
    const r = s.radius / worldSize(controller.map.getZoom());
    const found = new Set<string>();
    for (const next of ahead) {
      for (const code of index.swept(stroke.last, next, r)) found.add(code);
      stroke.last = next;
    }
    const codes = [...found];
    s.put(codes, stroke.inside);
    this.learn(codes);
    // React renders the panel in a microtask that `put` has asked for: it is ours, too.
    queueMicrotask(() => {
      const cost = {
        milliseconds: performance.now() - start,
        changed: codes.length,
      };
      const frames = window.lianpianBrush?.frames;
      if (frames && frames.push(cost) > 5000) frames.splice(0, 1000);
    });
  }

  private onUp = (): void => {
    const { stroke, controller } = this;
    if (!stroke) return;
    cancelAnimationFrame(this.request);
    this.request = 0;
    this.frame();
    this.stroke = null;
    const s = usePainting.getState();
    s.lift();
    if (stroke.moved || !controller || !this.index) return;
    const code = this.index.at(stroke.last, STILL / worldSize(controller.map.getZoom()));
    if (!code) return;
    // The right button and Alt only take out; a plain click turns it round.
    if (stroke.inside) s.toggle(code);
    else if (s.chosen.has(code)) s.toggle(code);
    this.learn([code]);
  };

  private onOut = (): void => {
    if (this.ring) this.ring.style.display = 'none';
  };
  private onDouble = (e: MapMouseEvent): void => e.preventDefault();
  private onRight = (e: MapMouseEvent): void => e.preventDefault();

  private onKey = (e: KeyboardEvent): void => {
    this.free = e.altKey;
    const target = e.target as HTMLElement | null;
    const typing = target?.closest('input, textarea, [role="dialog"]');
    if (e.key === ' ' && !typing && !target?.closest('button')) {
      this.panning = e.type === 'keydown';
      if (this.controller) this.controller.map.getCanvas().style.cursor = this.panning ? 'grab' : 'crosshair';
      e.preventDefault();
    }
    this.dressRing();
    if (e.type !== 'keydown' || typing || e.ctrlKey || e.metaKey) return;
    const s = usePainting.getState();
    if (e.key === '[') s.setRadius(s.radius * 0.8);
    else if (e.key === ']') s.setRadius(Math.max(s.radius + 1, s.radius * 1.25));
    else if (e.key === 'Escape') {
      if (this.stroke) this.dropStroke();
      else this.hooks.cancelled();
    } else if (e.key === 'Enter' && !target?.closest('button')) this.hooks.finished();
    else return;
    e.preventDefault();
    e.stopPropagation();
  };

  /** Esc while the button is down: the stroke has not been. */
  private dropStroke(): void {
    this.stroke = null;
    this.ahead = [];
    const s = usePainting.getState();
    const painted = s.stroke && s.stroke.put.size + s.stroke.out.size > 0;
    s.lift();
    if (painted) s.undo();
  }

  // ---- picture

  private placeRing(point: { x: number; y: number }): void {
    const { ring } = this;
    if (!ring) return;
    const { radius } = usePainting.getState();
    ring.style.display = 'block';
    ring.style.transform = `translate(${point.x - radius}px, ${point.y - radius}px)`;
    this.dressRing();
  }
  private dressRing(): void {
    const { ring } = this;
    if (!ring) return;
    const size = `${2 * usePainting.getState().radius}px`;
    const out = this.stroke ? !this.stroke.inside : this.free;
    const style = out ? 'dashed' : 'solid';
    if (ring.style.width !== size) {
      ring.style.width = size;
      ring.style.height = size;
    }
    if (ring.style.borderStyle !== style) ring.style.borderStyle = style;
  }

  private follow = (s: Painting, before: Painting): void => {
    if (s.chosen !== before.chosen || s.base !== before.base) {
      if (s.touched) for (const code of s.touched) this.show(s, code);
      else this.repaint();
    }
    if (s.radius !== before.radius) this.dressRing();
  };
  private repaint = (): void => {
    const s = usePainting.getState();
    for (const code of [...this.shown]) this.show(s, code);
    for (const code of s.chosen) this.show(s, code);
    for (const code of s.base ?? []) this.show(s, code);
  };
  private show(s: Painting, code: string): void {
    const how = shade(s, code);
    this.controller?.shade(code, how, this.known.get(code)?.layer);
    if (how) this.shown.add(code);
    else this.shown.delete(code);
  }

  private build(): void {
    const { controller } = this;
    if (!controller) return;
    const start = performance.now();
    this.stale = false;
    const known = new Map<string, { name: string; layer: string }>();
    const patches = controller.screen.features(LAYERS, ['fill', 'circle']).flatMap((f) => {
      const code: unknown = f.properties.code;
      // A point that a polygon is drawn for is in the way.
      if (typeof code !== 'string' || (f.sourceLayer === 'community_points' && f.properties.has_area))
        return [];
      known.set(code, { name: String(f.properties.name ?? ''), layer: f.sourceLayer ?? '' });
      return [{ code, geometry: f.geometry }];
    });
    this.index = new BrushIndex(patches);
    this.known = known;
    const told = window.lianpianBrush;
    if (!told) return;
    told.builds.push(performance.now() - start);
    told.communities = this.index.codes.size;
  }

  private learn(codes: readonly string[]): void {
    const { names, learn } = usePainting.getState();
    const fresh = codes.flatMap((code) => {
      const name = this.known.get(code)?.name;
      return name && !names.has(code) ? [[code, name] as const] : [];
    });
    if (fresh.length) learn(fresh);
  }
}
