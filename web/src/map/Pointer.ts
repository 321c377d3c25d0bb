// What the person points at.
import type { MapMouseEvent, PointLike } from 'maplibre-gl';
import type { Position } from '../api/nouns';
import { type Kind, kinds, type Mode, type Selection } from '../state/address';
import { kindOf, pickOrder } from './layers';
import { linkCode } from './link';
import { FACILITIES } from './overlays';
import type { Screen } from './Screen';
import type { Stage } from './Stage';

/** px; a press that moves less is a click. */
export const STILL = 4;

export interface PointerHooks {
  pointed: (position: Position | null) => void;
  hovered: (selection: Selection | null, name: string) => void;
  selected: (selection: Selection | null) => void;
}
/** What decides what is meant by a click. */
export interface Meaning {
  /** A tool has taken the pointer from the map. */
  busy: () => boolean;
  mode: () => Mode;
  selection: () => Selection | null;
  /** Whether a coverage run is shown. */
  coverage: () => boolean;
}
type Pixel = { x: number; y: number };

export class Pointer {
  /** What happens to a zone that is clicked with Shift held; null: the same as without. */
  gather: ((code: string) => void) | null = null;
  private frame = 0;

  constructor(
    private readonly stage: Stage,
    private readonly screen: Screen,
    private readonly meaning: Meaning,
    private readonly hooks: PointerHooks,
  ) {
    const { map } = stage;
    map.on('mousemove', (e) => this.onMove(e));
    map.on('mouseout', () => {
      hooks.pointed(null);
      if (!meaning.busy()) hooks.hovered(null, '');
    });
    map.on('click', (e) => this.onClick(e));
    map.on('boxzoomcancel', ({ originalEvent: e }) => {
      if (!(e instanceof MouseEvent)) return;
      const box = map.getCanvasContainer().getBoundingClientRect();
      this.onShiftClick({ x: e.clientX - box.left, y: e.clientY - box.top });
    });
  }

  /** Nothing is told any more of where the pointer was last. */
  stop(): void {
    cancelAnimationFrame(this.frame);
  }

  /** A click with Shift held ends a box of no size: no click comes of it. */
  onShiftClick(point: Pixel): void {
    const code = this.gather && !this.meaning.busy() ? this.screen.zoneAt(point) : null;
    if (code) this.gather?.(code);
  }

  private onMove(e: MapMouseEvent): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      this.hooks.pointed([e.lngLat.lng, e.lngLat.lat]);
      if (this.meaning.busy()) return;
      const found = this.pick(e.point);
      this.stage.map.getCanvas().style.cursor = found ? 'pointer' : '';
      this.hooks.hovered(found, found?.name ?? '');
    });
  }

  private onClick(e: MapMouseEvent): void {
    if (this.meaning.busy()) return;
    const found = this.pick(e.point, true);
    this.hooks.selected(found ? { kind: found.kind, code: found.code } : null);
  }

  /** What lies under the pointer, in the order that the mode cares about. */
  private pick(point: Pixel, drill = false): (Selection & { name: string }) | null {
    if (!this.stage.ready) return null;
    const box: [PointLike, PointLike] = [
      [point.x - 3, point.y - 3],
      [point.x + 3, point.y + 3],
    ];
    const byKind = new Map<Kind, { code: string; name: string }>();
    for (const f of this.stage.map.queryRenderedFeatures(box)) {
      const kind = f.layer.id === FACILITIES ? 'facility' : kindOf[f.sourceLayer ?? ''];
      const code: unknown = kind === 'link' ? linkCode(f.properties) : f.properties?.code;
      if (kind && code !== undefined && !byKind.has(kind))
        byKind.set(kind, { code: String(code), name: String(f.properties?.name ?? '') });
    }
    const community = byKind.get('community');
    const building = byKind.get('building');
    const selection = this.meaning.selection();
    if (
      drill &&
      building &&
      community &&
      selection?.kind === 'community' &&
      selection.code === community.code
    ) {
      return { kind: 'building', ...building };
    }
    for (const kind of [...pickOrder(this.meaning.mode(), this.meaning.coverage()), ...kinds]) {
      const found = byKind.get(kind);
      if (found) return { kind, ...found };
    }
    return null;
  }
}
