// What a person tries out: zones in other years, locks, settings that are typed
// and not saved. It belongs to one scenario; panel, table and map read the same.
import { create } from 'zustand';
import type { PhasePlan } from '../api/nouns';
import { type Step, useSteps } from '../state/undo';
import { type Moves, still } from './board';
import type { Draft } from './settings';

interface Tried {
  moves: Moves;
  /** The last proposal: its proof outlives the trial that takes it over. */
  proposal: PhasePlan | null;
  /** The proposal that the running trial began with; what moves break is measured from it. */
  start: PhasePlan | null;
}
interface Trial extends Tried {
  /** District and scenario that it belongs to. */
  of: string;
  /** Settings as typed; null = as saved. */
  draft: Draft | null;
  /** Begins anew where another scenario is worked on. */
  begin: (of: string) => void;
  change: (label: string, tried: Tried) => void;
  /** The years are saved or given up. */
  end: (proposal?: PhasePlan | null) => void;
  setDraft: (draft: Draft | null) => void;
}
const nothing: Tried = { moves: still, proposal: null, start: null };

/** Steps of the running trial: they make no sense once it is over. */
let steps: Step[] = [];
function forget(): void {
  const gone = new Set(steps);
  steps = [];
  if (gone.size)
    useSteps.setState((s) => ({
      past: s.past.filter((step) => !gone.has(step)),
      future: s.future.filter((step) => !gone.has(step)),
    }));
}

export const useTrial = create<Trial>()((set, get) => ({
  ...nothing,
  of: '',
  draft: null,
  begin: (of) => {
    if (get().of === of) return;
    forget();
    set({ ...nothing, of, draft: null });
  },
  change: (label, tried) => {
    const { moves, proposal, start } = get();
    set(tried);
    const step: Step = {
      label,
      undo: async () => set({ moves, proposal, start }),
      redo: async () => set(tried),
    };
    steps.push(step);
    useSteps.getState().done(step);
  },
  end: (proposal = null) => {
    forget();
    set({ ...nothing, proposal });
  },
  setDraft: (draft) => set({ draft }),
}));
