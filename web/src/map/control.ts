// The running map controller, for the few places that must speak to it
// directly (search hits, drawing). Everything else goes through the store.
import { create } from 'zustand';
import type { MapController } from './MapController';

interface Control {
  controller: MapController | null;
  /** Counts up whenever the style on the screen changed. */
  styled: number;
  /** The first map is on the screen: what can wait for it may start. */
  shown: boolean;
  show: () => void;
  setController: (controller: MapController | null) => void;
  bump: () => void;
}
export const useControl = create<Control>()((set) => ({
  controller: null,
  styled: 0,
  shown: false,
  show: () => set({ shown: true }),
  setController: (controller) => set({ controller }),
  bump: () => set((s) => ({ styled: s.styled + 1 })),
}));
