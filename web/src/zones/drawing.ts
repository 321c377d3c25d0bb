// The drawing that is open, if any: the sketch with its undo list, the tool in
// hand, the live totals. One store, fed by the map tool and by the panel.
import type { MultiPolygon } from 'geojson';
import { create } from 'zustand';
import type { Measurement, Membership, Position, Totals, Zone } from '../api/nouns';
import { useSteps } from '../state/undo';
import { type Clash, clashOf } from './overlap';
import {
  blank,
  circleRing,
  crossings,
  geometryOf,
  MAX_POINTS,
  pointCount,
  rectangle,
  type Sketch,
  sketchArea,
  sketchOf,
} from './sketch';

export type DrawTool = 'polygon' | 'rectangle' | 'freehand' | 'circle' | 'hole' | 'edit';

export interface Drawing {
  active: boolean;
  /** The zone that is being edited; null for a new one. */
  zone: Zone | null;
  tool: DrawTool;
  sketch: Sketch;
  past: readonly Sketch[];
  future: readonly Sketch[];
  /** Where the pointer would put the next point. */
  pointer: Position | null;
  snapping: boolean;
  totals: Totals | Measurement | null;
  /** Rough area while the totals are on their way. */
  area: number;
  faults: readonly Position[];
  /** The server's sentence when it will not measure. */
  refusal: string | null;
  /** Why the open ring could not become a part or a hole where it is now. */
  clash: Clash | null;
  /** Which communities the zone will hold when it is saved. */
  membership: Membership;
  begin: (tool: DrawTool, zone?: Zone) => void;
  setMembership: (membership: Membership) => void;
  setTool: (tool: DrawTool) => void;
  edit: (sketch: Sketch) => void;
  /** Changes the sketch without a step of its own (while a vertex is dragged). */
  preview: (sketch: Sketch) => void;
  /** Shows the path of the hand while it is drawn; whether it crosses itself is seen when it is done. */
  trace: (open: readonly Position[]) => void;
  /** Makes the previews since `from` one step. */
  settle: (from: Sketch) => void;
  undo: () => void;
  redo: () => void;
  point: (pointer: Position | null) => void;
  setSnapping: (on: boolean) => void;
  measured: (totals: Totals | Measurement | null, refusal: string | null, clash?: Clash | null) => void;
  end: () => void;
}

const idle = {
  active: false,
  zone: null,
  tool: 'polygon' as DrawTool,
  sketch: blank,
  past: [],
  future: [],
  pointer: null,
  totals: null,
  area: 0,
  faults: [],
  refusal: null,
  clash: null,
  membership: 'majority' as Membership,
};

export const useDrawing = create<Drawing>()((set, get) => ({
  ...idle,
  snapping: true,
  begin: (tool, zone) =>
    set({
      ...idle,
      active: true,
      tool,
      zone: zone ?? null,
      sketch: zone ? sketchOf(zone.geometry) : blank,
      totals: zone?.totals ?? null,
      membership: zone?.membership ?? 'majority',
    }),
  setMembership: (membership) => set({ membership }),
  setTool: (tool) =>
    set((s) => ({
      tool,
      sketch: s.sketch.open.length ? { ...s.sketch, open: [], target: { kind: 'part' } } : s.sketch,
      pointer: null,
    })),
  edit: (sketch) => {
    const s = get();
    if (sketch === s.sketch || pointCount(sketch) > MAX_POINTS) return;
    set({ sketch, past: [...s.past, s.sketch].slice(-200), future: [], ...look(sketch, s.tool, s.pointer) });
  },
  preview: (sketch) => set((s) => ({ sketch, ...look(sketch, s.tool, s.pointer) })),
  trace: (open) =>
    set((s) => {
      const sketch = { ...s.sketch, open: [...open] };
      const geometry = geometryOf(sketch);
      return {
        sketch,
        faults: [],
        pointer: open.at(-1) ?? null,
        area: geometry ? sketchArea(geometry) : 0,
      };
    }),
  settle: (from) => set((s) => (s.sketch === from ? s : { past: [...s.past, from].slice(-200), future: [] })),
  undo: () => {
    const s = get();
    const before = s.past.at(-1);
    if (before)
      set({
        sketch: before,
        past: s.past.slice(0, -1),
        future: [...s.future, s.sketch],
        ...look(before, s.tool, s.pointer),
      });
  },
  redo: () => {
    const s = get();
    const after = s.future.at(-1);
    if (after)
      set({
        sketch: after,
        future: s.future.slice(0, -1),
        past: [...s.past, s.sketch],
        ...look(after, s.tool, s.pointer),
      });
  },
  point: (pointer) =>
    set((s) => ({ pointer, ...(s.sketch.open.length ? look(s.sketch, s.tool, pointer) : {}) })),
  setSnapping: (snapping) => set({ snapping }),
  measured: (totals, refusal, clash = null) => set({ totals, refusal, clash }),
  end: () => set(idle),
}));

/** The open ring as it would be if the person stopped here; null while there is none. */
export function openRing(
  sketch: Sketch,
  tool: DrawTool,
  pointer: Position | null,
): readonly Position[] | null {
  if (!sketch.open.length) return null;
  return spanned(sketch, tool, pointer) ?? (pointer ? [...sketch.open, pointer] : sketch.open);
}

/** What speaks against the open ring where it is now. */
export function clashNow(sketch: Sketch, ring: readonly Position[] | null): Clash | null {
  if (!ring || (sketch.parts.length === 0 && sketch.target.kind === 'part')) return null;
  return clashOf(sketch, ring);
}

/** The ring of a tool that needs two places only; null for the others. */
function spanned({ open }: Sketch, tool: DrawTool, pointer: Position | null): Position[] | null {
  const [first] = open;
  if (!first || !pointer) return null;
  return tool === 'rectangle'
    ? rectangle(first, pointer)
    : tool === 'circle'
      ? circleRing(first, pointer)
      : null;
}

/** What the zone would be if the person stopped here: the open ring counts, with the pointer as its next point. */
export function shapeOf(sketch: Sketch, tool: DrawTool, pointer: Position | null): MultiPolygon | null {
  const ring = spanned(sketch, tool, pointer);
  if (ring) return geometryOf({ ...sketch, open: ring });
  return geometryOf(sketch, tool === 'edit' ? null : pointer);
}

function look(sketch: Sketch, tool: DrawTool, pointer: Position | null): Pick<Drawing, 'area' | 'faults'> {
  const geometry = shapeOf(sketch, tool, pointer);
  return geometry ? { area: sketchArea(geometry), faults: crossings(geometry) } : { area: 0, faults: [] };
}

// The top bar's undo and redo belong to the drawing while one is open.
useDrawing.subscribe((s, before) => {
  if (s.active === before.active && s.past === before.past && s.future === before.future) return;
  useSteps
    .getState()
    .setStepper(
      s.active
        ? { canUndo: s.past.length > 0, canRedo: s.future.length > 0, undo: s.undo, redo: s.redo }
        : null,
    );
});
