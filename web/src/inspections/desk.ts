// What panel, map and table of an inspected file share.
import { create } from 'zustand';
import type { RowFilter } from '../api/inspections';

interface Desk {
  /** Of the file's layers, the one that is looked at. */
  layer: string;
  /** Which rows are shown: all, or those with something about them. */
  only: RowFilter;
  /** The row that is pointed at in the table or on the map. */
  row: number | null;
  /** Whether the map also shows where the file has the shapes. */
  given: boolean;
  /** The file that comes in at once where its source is known and nothing is asked. */
  hurried: string | null;
  setLayer: (layer: string) => void;
  setOnly: (only: RowFilter) => void;
  setRow: (row: number | null) => void;
  setGiven: (given: boolean) => void;
  setHurried: (id: string | null) => void;
}
export const useInspectionDesk = create<Desk>()((set) => ({
  layer: '',
  only: '',
  row: null,
  given: true,
  hurried: null,
  setLayer: (layer) => set((s) => (s.layer === layer ? s : { layer, row: null, only: '' })),
  setOnly: (only) => set({ only, row: null }),
  setRow: (row) => set((s) => (s.row === row ? s : { row })),
  setGiven: (given) => set({ given }),
  setHurried: (hurried) => set({ hurried }),
}));
