// The running map controller, for the few places that must speak to it
// directly (search hits, drawing). Everything else goes through the store.
import { create } from 'zustand';
import type { MapController } from './MapController';

/** What a feature has put on the map, for the legend. */
export interface Note {
  title: string;
  /** It stands before what the style shows: the map is about it. */
  first?: true;
  rows: {
    label: string;
    shape: 'fill' | 'hatched' | 'line' | 'dashed' | 'circle' | 'diamond' | 'dots';
    /** One, but for dots. */
    colours: readonly string[];
  }[];
}

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
  /** By the feature that has it. */
  notes: Readonly<Record<string, Note>>;
  show: () => void;
  setNote: (by: string, note: Note | null) => void;
  /** What the colours of zones mean while something gives them other ones; null = as the style has it. */
  zoneKey: readonly ZoneKey[] | null;
  setZoneKey: (zoneKey: readonly ZoneKey[] | null) => void;
  setController: (controller: MapController | null) => void;
  bump: () => void;
}
export const useControl = create<Control>()((set) => ({
  controller: null,
  styled: 0,
  shown: false,
  notes: {},
  show: () => set({ shown: true }),
  setNote: (by, note) =>
    set(({ notes: { [by]: _, ...others } }) => ({ notes: note ? { ...others, [by]: note } : others })),
  zoneKey: null,
  setZoneKey: (zoneKey) => set({ zoneKey }),
  setController: (controller) => set({ controller }),
  bump: () => set((s) => ({ styled: s.styled + 1 })),
}));
