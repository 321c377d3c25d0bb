// What is different in the what-if that is open: facilities moved, closed and
// added, paths drawn. One store, fed by the map and by the panel.
import { create } from 'zustand';
import type { Change, PathKind, TrialFacility } from '../api/coverage';
import type { Position } from '../api/nouns';

export interface Added {
  id: string;
  name: string;
  location: Position;
  /** Code of the proposed facility that it has become. */
  kept: string | null;
}
export interface Path {
  id: string;
  kind: PathKind;
  name: string;
  line: Position[];
}
export interface Differences {
  moved: ReadonlyMap<string, Position>;
  closed: ReadonlySet<string>;
  added: readonly Added[];
  paths: readonly Path[];
}
export type TrialHand = 'move' | 'add' | PathKind;

export interface Trying extends Differences {
  /** What a click on the map does. */
  hand: TrialHand;
  /** Code of the facility, or id of the added one, that the panel is about. */
  chosen: string | null;
  /** Facilities and paths that were made so far: each has a number of its own, also when others are gone. */
  made: { added: number; paths: number };
  move: (code: string, to: Position) => void;
  close: (code: string, closed: boolean) => void;
  add: (location: Position, name: (n: number) => string) => void;
  drawPath: (kind: PathKind, line: Position[], name: (n: number) => string) => void;
  /** The facility is as it was; what was added is gone. */
  restore: (code: string) => void;
  dropPath: (id: string) => void;
  keep: (id: string, code: string) => void;
  choose: (code: string | null) => void;
  take: (hand: TrialHand) => void;
  reset: () => void;
}

const nothing = {
  moved: new Map(),
  closed: new Set<string>(),
  added: [],
  paths: [],
  chosen: null,
  made: { added: 0, paths: 0 },
};

export const useTrying = create<Trying>()((set) => ({
  ...nothing,
  hand: 'move',
  move: (code, to) =>
    set((s) =>
      s.added.some((a) => a.id === code)
        ? { added: s.added.map((a) => (a.id === code ? { ...a, location: to, kept: null } : a)) }
        : { moved: new Map(s.moved).set(code, to) },
    ),
  close: (code, closed) =>
    set((s) => {
      const next = new Set(s.closed);
      if (closed) next.add(code);
      else next.delete(code);
      return { closed: next };
    }),
  add: (location, name) =>
    set((s) => {
      const n = s.made.added + 1;
      const id = `added-${n}`;
      return {
        made: { ...s.made, added: n },
        chosen: id,
        added: [...s.added, { id, name: name(n), location, kept: null }],
      };
    }),
  drawPath: (kind, line, name) =>
    set((s) => {
      const n = s.made.paths + 1;
      return {
        made: { ...s.made, paths: n },
        paths: [...s.paths, { id: `path-${n}`, kind, line, name: name(n) }],
      };
    }),
  restore: (code) =>
    set((s) => {
      const moved = new Map(s.moved);
      moved.delete(code);
      const closed = new Set(s.closed);
      closed.delete(code);
      const added = s.added.filter((a) => a.id !== code);
      return {
        moved,
        closed,
        added,
        chosen: added.length < s.added.length && s.chosen === code ? null : s.chosen,
      };
    }),
  dropPath: (id) => set((s) => ({ paths: s.paths.filter((p) => p.id !== id) })),
  keep: (id, code) => set((s) => ({ added: s.added.map((a) => (a.id === id ? { ...a, kept: code } : a)) })),
  choose: (chosen) => set({ chosen }),
  take: (hand) => set({ hand }),
  reset: () => set({ ...nothing, hand: 'move' }),
}));

/** The differences as the service hears them: a closed facility is closed, wherever it was moved to. */
export function changesOf(d: Differences): Change[] {
  const out: Change[] = [];
  for (const [facility, location] of d.moved)
    if (!d.closed.has(facility)) out.push({ kind: 'move', facility, location });
  for (const facility of d.closed) out.push({ kind: 'close', facility });
  for (const { name, location } of d.added) out.push({ kind: 'add', location, name });
  for (const { kind, line, name } of d.paths) out.push({ kind: 'path', path: kind, line, name });
  return out;
}

/** Where a facility stands in the what-if. */
export const placeOf = (f: Pick<TrialFacility, 'code' | 'location'>, d: Differences): Position =>
  d.moved.get(f.code) ?? f.location;
