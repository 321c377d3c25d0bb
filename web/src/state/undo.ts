// Undo and redo across everything that is saved. While a zone is being drawn
// the drawing's own steps come first; the top bar asks `steps` and does not
// need to know which of the two answers.
import { create } from 'zustand';

export interface Step {
  /** What was done, in the person's language, for the button's tooltip. */
  label: string;
  undo: () => Promise<void>;
  redo: () => Promise<void>;
}
/**
 * A step that cannot be taken any more, now or later: others have built on it. It leaves
 * the list, so that the steps before it can be reached.
 */
export class StepGone extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StepGone';
  }
}
/** A drawing in progress that answers undo and redo before the saved steps do. */
export interface Stepper {
  canUndo: boolean;
  canRedo: boolean;
  undo: () => void;
  redo: () => void;
}
interface Steps {
  past: Step[];
  future: Step[];
  stepper: Stepper | null;
  busy: boolean;
  done: (step: Step) => void;
  undo: () => Promise<void>;
  redo: () => Promise<void>;
  setStepper: (stepper: Stepper | null) => void;
  clear: () => void;
}
const KEEP = 50;

export const useSteps = create<Steps>()((set, get) => ({
  past: [],
  future: [],
  stepper: null,
  busy: false,
  done: (step) => set((s) => ({ past: [...s.past, step].slice(-KEEP), future: [] })),
  undo: async () => {
    const { stepper, past, busy } = get();
    if (stepper) return stepper.undo();
    const step = past.at(-1);
    if (!step || busy) return;
    set({ busy: true });
    try {
      await step.undo();
      set((s) => ({ past: s.past.slice(0, -1), future: [...s.future, step] }));
    } catch (error) {
      if (error instanceof StepGone) set((s) => ({ past: s.past.filter((p) => p !== step) }));
      throw error;
    } finally {
      set({ busy: false });
    }
  },
  redo: async () => {
    const { stepper, future, busy } = get();
    if (stepper) return stepper.redo();
    const step = future.at(-1);
    if (!step || busy) return;
    set({ busy: true });
    try {
      await step.redo();
      set((s) => ({ future: s.future.slice(0, -1), past: [...s.past, step] }));
    } catch (error) {
      if (error instanceof StepGone) set((s) => ({ future: s.future.filter((f) => f !== step) }));
      throw error;
    } finally {
      set({ busy: false });
    }
  },
  setStepper: (stepper) => set({ stepper }),
  clear: () => set({ past: [], future: [] }),
}));
