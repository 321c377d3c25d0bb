// By which method the inspectors measure services; one choice for the section
// and for the line in the totals, so that they never disagree.
import { create } from 'zustand';
import type { Method } from '../api/scorecards';

export const useServiceMethod = create<{ method: Method; setMethod: (method: Method) => void }>()((set) => ({
  method: 'radius',
  setMethod: (method) => set({ method }),
}));
