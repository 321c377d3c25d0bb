// The communities of a zone while they are painted: what it held when the brush
// was taken up, what it would hold now, and the strokes in between.
import { create } from 'zustand';
import type { Measurement, Totals, Zone } from '../api/nouns';
import { useSteps } from '../state/undo';

/** One stroke of the brush or one click; undo takes it back as a whole. */
interface Stroke {
  put: readonly string[];
  out: readonly string[];
}
export const BRUSH = { least: 4, start: 18, most: 120 } as const; // px

export interface Painting {
  active: boolean;
  /** The zone that is painted; null for a new one. */
  zone: Zone | null;
  /** Codes of the communities that the zone holds as saved; null while they are fetched. */
  base: ReadonlySet<string> | null;
  chosen: ReadonlySet<string>;
  /** Names of communities that have been seen, for the lists of the panel. */
  names: ReadonlyMap<string, string>;
  past: readonly Stroke[];
  future: readonly Stroke[];
  /** The stroke that is being drawn. */
  stroke: { put: Set<string>; out: Set<string> } | null;
  /** Codes whose picture may have changed with the last change; null: all. */
  touched: readonly string[] | null;
  radius: number;
  totals: Totals | Measurement | null;
  refusal: string | null;
  begin: (zone: Zone | null) => void;
  loaded: (members: readonly { code: string; name: string }[]) => void;
  /** Opens a stroke; everything until `lift` is one step. */
  press: () => void;
  put: (codes: readonly string[], inside: boolean) => void;
  lift: () => void;
  toggle: (code: string) => void;
  learn: (names: Iterable<readonly [code: string, name: string]>) => void;
  undo: () => void;
  redo: () => void;
  setRadius: (radius: number) => void;
  measured: (totals: Totals | Measurement | null, refusal: string | null) => void;
  end: () => void;
}

const idle = {
  active: false,
  zone: null,
  base: null,
  chosen: new Set<string>(),
  names: new Map<string, string>(),
  past: [],
  future: [],
  stroke: null,
  touched: null,
  totals: null,
  refusal: null,
};

export const usePainting = create<Painting>()((set, get) => ({
  ...idle,
  radius: BRUSH.start,
  begin: (zone) =>
    set({
      ...idle,
      active: true,
      zone,
      base: zone ? null : new Set(),
      totals: zone?.totals ?? null,
    }),
  loaded: (members) => {
    const base = new Set(members.map((m) => m.code));
    set((s) => ({
      base,
      chosen: base,
      names: new Map([...s.names, ...members.map((m) => [m.code, m.name] as const)]),
      past: [],
      future: [],
      touched: null,
    }));
  },
  press: () => set({ stroke: { put: new Set(), out: new Set() } }),
  put: (codes, inside) => {
    const { chosen, stroke, base } = get();
    if (!stroke || !base) return;
    const touched = codes.filter((code) => chosen.has(code) !== inside);
    if (touched.length === 0) return;
    for (const code of touched) {
      // Over a community twice in one stroke: what counts is how the stroke left it.
      const [into, from] = inside ? [stroke.put, stroke.out] : [stroke.out, stroke.put];
      if (!from.delete(code)) into.add(code);
    }
    set({ chosen: changed(chosen, inside ? touched : [], inside ? [] : touched), touched });
  },
  lift: () => {
    const { stroke, past } = get();
    if (!stroke) return;
    const done: Stroke = { put: [...stroke.put], out: [...stroke.out] };
    const empty = done.put.length + done.out.length === 0;
    set({ stroke: null, touched: [], ...(empty ? {} : { past: [...past, done].slice(-200), future: [] }) });
  },
  toggle: (code) => {
    const s = get();
    if (!s.base) return;
    s.press();
    s.put([code], !s.chosen.has(code));
    s.lift();
  },
  learn: (names) => set((s) => ({ names: new Map([...s.names, ...names]), touched: [] })),
  undo: () => {
    const { past, future, chosen } = get();
    const last = past.at(-1);
    if (!last) return;
    set({
      chosen: changed(chosen, last.out, last.put),
      past: past.slice(0, -1),
      future: [...future, last],
      touched: [...last.put, ...last.out],
    });
  },
  redo: () => {
    const { past, future, chosen } = get();
    const next = future.at(-1);
    if (!next) return;
    set({
      chosen: changed(chosen, next.put, next.out),
      past: [...past, next],
      future: future.slice(0, -1),
      touched: [...next.put, ...next.out],
    });
  },
  setRadius: (radius) => set({ radius: Math.max(BRUSH.least, Math.min(BRUSH.most, Math.round(radius))) }),
  measured: (totals, refusal) => set({ totals, refusal }),
  end: () => set(idle),
}));

function changed(set: ReadonlySet<string>, put: Iterable<string>, out: Iterable<string>): Set<string> {
  const next = new Set(set);
  for (const code of out) next.delete(code);
  for (const code of put) next.add(code);
  return next;
}

/** What saving would change: communities that come in and that go, in the order in which they were painted. */
export function difference(s: Pick<Painting, 'base' | 'chosen'>): { add: string[]; remove: string[] } {
  const base = s.base ?? new Set<string>();
  return {
    add: [...s.chosen].filter((code) => !base.has(code)),
    remove: [...base].filter((code) => !s.chosen.has(code)),
  };
}

/** How a community is drawn: 0 not in the zone, 1 in it, 2 painted in, 3 painted out. */
export function shade(s: Pick<Painting, 'base' | 'chosen'>, code: string): 0 | 1 | 2 | 3 {
  const was = s.base?.has(code) ?? false;
  if (s.chosen.has(code)) return was ? 1 : 2;
  return was ? 3 : 0;
}

usePainting.subscribe((s, before) => {
  if (s.active === before.active && s.past === before.past && s.future === before.future) return;
  useSteps
    .getState()
    .setStepper(
      s.active
        ? { canUndo: s.past.length > 0, canRedo: s.future.length > 0, undo: s.undo, redo: s.redo }
        : null,
    );
});
