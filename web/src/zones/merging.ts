// The zones that are picked to become one, in the order of picking: the first
// keeps its code.
import { create } from 'zustand';
import { useSteps } from '../state/undo';

export interface Merging {
  active: boolean;
  codes: readonly string[];
  begin: (codes: readonly string[]) => void;
  toggle: (code: string) => void;
  end: () => void;
}

export const useMerging = create<Merging>()((set) => ({
  active: false,
  codes: [],
  begin: (codes) => set({ active: true, codes: [...new Set(codes)] }),
  toggle: (code) =>
    set((s) => ({
      codes: s.codes.includes(code) ? s.codes.filter((c) => c !== code) : [...s.codes, code],
    })),
  end: () => set({ active: false, codes: [] }),
}));

// Picking has no steps of its own; Esc and the arrows of the top bar still belong to it while it lasts.
useMerging.subscribe((s, before) => {
  if (s.active === before.active) return;
  const none = () => {};
  useSteps
    .getState()
    .setStepper(s.active ? { canUndo: false, canRedo: false, undo: none, redo: none } : null);
});
