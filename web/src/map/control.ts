// The running map controller, for the few places that must speak to it
// directly (search hits, drawing). Everything else goes through the store.
import { create } from 'zustand';
import type { MapController } from './MapController';

/** A row of the legend. */
export interface ZoneKey {
  label: string;
  colour: string;
  outline: string;
}
interface Control {
  controller: MapController | null;
  /** Counts up whenever the style on the screen changed. */
  styled: number;
  /** The first map is on the screen: what can wait for it may start. */
  shown: boolean;
  /** What the colours of zones mean while something gives them other ones; null = as the style has it. */
  zoneKey: readonly ZoneKey[] | null;
  show: () => void;
  setZoneKey: (zoneKey: readonly ZoneKey[] | null) => void;
  setController: (controller: MapController | null) => void;
  bump: () => void;
}
export const useControl = create<Control>()((set) => ({
  controller: null,
  styled: 0,
  shown: false,
  zoneKey: null,
  show: () => set({ shown: true }),
  setZoneKey: (zoneKey) => set({ zoneKey }),
  setController: (controller) => set({ controller }),
  bump: () => set((s) => ({ styled: s.styled + 1 })),
}));
