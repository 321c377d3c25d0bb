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
  done: (step: Step) => void;
  /** The step that was taken; null where there was none, or the drawing took one of its own. */
  undo: () => Promise<Step | null>;
  redo: () => Promise<Step | null>;
  setStepper: (stepper: Stepper | null) => void;
  clear: () => void;
}
const KEEP = 50;

/** Keys that are pressed while a step is under way wait for their turn; none is lost. */
let line: Promise<unknown> = Promise.resolve();
function inTurn<T>(take: () => Promise<T>): Promise<T> {
  const taken = line.then(take, take);
  line = taken;
  return taken;
}

type List = 'past' | 'future';

/** Takes the newest step of a list, which then stands in the other one. */
function take(from: List, to: List, way: 'undo' | 'redo'): Promise<Step | null> {
  const { getState: get, setState: set } = useSteps;
  const { stepper } = get();
  if (stepper) {
    stepper[way]();
    return Promise.resolve(null);
  }
  return inTurn(async () => {
    const step = get()[from].at(-1);
    if (!step) return null;
    const others = () => get()[from].filter((other) => other !== step);
    try {
      await step[way]();
      set({ [from]: others(), [to]: [...get()[to], step] });
      return step;
    } catch (error) {
      if (error instanceof StepGone) set({ [from]: others() });
      throw error;
    }
  });
}

export const useSteps = create<Steps>()((set) => ({
  past: [],
  future: [],
  stepper: null,
  done: (step) => set((s) => ({ past: [...s.past, step].slice(-KEEP), future: [] })),
  undo: () => take('past', 'future', 'undo'),
  redo: () => take('future', 'past', 'redo'),
  setStepper: (stepper) => set({ stepper }),
  clear: () => set({ past: [], future: [] }),
}));
