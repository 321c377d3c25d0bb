// The line of the split and the reshape tool: its points with their undo list,
// and the zone it is meant for, if that is known before the line is finished.
import { create } from 'zustand';
import type { Position, Zone } from '../api/nouns';
import { useSteps } from '../state/undo';

export type LineUse = 'split' | 'reshape';

export interface Cutting {
  use: LineUse | null;
  /** The zone that was selected when the tool was taken; null: found from the line. */
  zone: Zone | null;
  line: readonly Position[];
  past: readonly (readonly Position[])[];
  future: readonly (readonly Position[])[];
  pointer: Position | null;
  begin: (use: LineUse, zone: Zone | null) => void;
  edit: (line: readonly Position[]) => void;
  undo: () => void;
  redo: () => void;
  point: (pointer: Position | null) => void;
  end: () => void;
}

const idle = { use: null, zone: null, line: [], past: [], future: [], pointer: null };

export const useCutting = create<Cutting>()((set, get) => ({
  ...idle,
  begin: (use, zone) => set({ ...idle, use, zone }),
  edit: (line) => {
    const s = get();
    if (line !== s.line) set({ line, past: [...s.past, s.line], future: [] });
  },
  undo: () => {
    const { past, line, future } = get();
    const before = past.at(-1);
    if (before) set({ line: before, past: past.slice(0, -1), future: [...future, line] });
  },
  redo: () => {
    const { past, line, future } = get();
    const after = future.at(-1);
    if (after) set({ line: after, future: future.slice(0, -1), past: [...past, line] });
  },
  point: (pointer) => set({ pointer }),
  end: () => set(idle),
}));

useCutting.subscribe((s, before) => {
  if (s.use === before.use && s.past === before.past && s.future === before.future) return;
  useSteps
    .getState()
    .setStepper(
      s.use ? { canUndo: s.past.length > 0, canRedo: s.future.length > 0, undo: s.undo, redo: s.redo } : null,
    );
});
