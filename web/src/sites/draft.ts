// The question that is being put together; it stays while other tabs and modes
// are open.
import { create } from 'zustand';
import { lastType } from '../coverage/asking';
import { type Question, usual } from './question';

interface Draft {
  /** null until a person has changed something. */
  typed: Question | null;
  set: (question: Question) => void;
}
export const useDraft = create<Draft>()((set) => ({
  typed: null,
  set: (typed) => set({ typed }),
}));

/** What the form shows: what was typed, else the usual for the facility type that was looked at last. */
export function useQuestion(): [Question, (change: Partial<Question>) => void] {
  const { typed, set } = useDraft();
  const question = typed ?? { ...usual, type: lastType() };
  // Two changes of one moment build on each other.
  const change = (part: Partial<Question>) => set({ ...(useDraft.getState().typed ?? question), ...part });
  return [question, change];
}
