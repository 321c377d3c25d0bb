// Which of the scenarios' windows is open, and which revision is shown on the
// map. What is compared is in the workbench, since it can be linked to.
import { create } from 'zustand';
import type { Revision } from '../api/nouns';

interface Desk {
  window: 'list' | 'history' | null;
  preview: Revision | null;
  show: (window: 'list' | 'history' | null) => void;
  setPreview: (preview: Revision | null) => void;
}
export const useScenarioDesk = create<Desk>()((set) => ({
  window: null,
  preview: null,
  show: (window) => set({ window, preview: null }),
  setPreview: (preview) => set({ preview }),
}));
