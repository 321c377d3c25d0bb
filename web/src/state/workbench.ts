// The one place for what the person is looking at and doing. Server data is
// not here (react-query holds it); the URL mirrors the linkable part.
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Position } from '../api/nouns';
import {
  type CommunityFilter,
  type CoverageTab,
  everything,
  type Inspecting,
  type Mode,
  type Place,
  type PlanTab,
  type ProgramTab,
  type Selection,
  type Sheet,
  type View,
} from './address';

export type Theme = 'light' | 'dark';
export type Language = 'zh' | 'en';

/** Sizes in CSS pixels that a person has dragged. */
export interface Layout {
  panel: number;
  inspector: number;
  table: number;
  tableOpen: boolean;
}

export interface Workbench extends View {
  hovered: Selection | null;
  pointer: Position | null;
  /** What the table of the mode is sorted by; "-" in front means descending. */
  sort: string;
  theme: Theme;
  language: Language;
  layout: Layout;
  lastDistrict: string | null;
  /** Whether the server answers; the banner and the map listen. */
  online: boolean;
  open: (view: Partial<View>) => void;
  setMode: (mode: Mode) => void;
  select: (selection: Selection | null) => void;
  hover: (selection: Selection | null) => void;
  setPlace: (place: Place) => void;
  setPointer: (pointer: Position | null) => void;
  setFilter: (change: Partial<CommunityFilter>) => void;
  setSort: (sort: string) => void;
  toggleLayer: (name: string) => void;
  /** The same for a layer that is drawn only where it is asked for. */
  toggleShown: (name: string) => void;
  /** Another run is not compared with what the one before was. */
  setRun: (run: string | null) => void;
  setTab: (tab: CoverageTab) => void;
  setYear: (year: number | null) => void;
  setMonth: (month: string | null) => void;
  setProgramTab: (tab: ProgramTab) => void;
  setPlanTab: (tab: PlanTab) => void;
  /** Looks into a file that was sent, or closes it. */
  inspect: (inspecting: Inspecting | null) => void;
  /** Opens a file over the map, or closes it. */
  openSheet: (sheet: Sheet | null) => void;
  /** Another scenario has other zones: a selected zone is let go. */
  setScenario: (scenario: string | null) => void;
  compareWith: (against: string | null) => void;
  setTheme: (theme: Theme) => void;
  setLanguage: (language: Language) => void;
  setLayout: (change: Partial<Layout>) => void;
  setOnline: (online: boolean) => void;
}

function preferredTheme(): Theme {
  return globalThis.window?.lianpianEarly?.theme === 'dark' ? 'dark' : 'light';
}

export const useWorkbench = create<Workbench>()(
  persist(
    (set) => ({
      district: '',
      scenario: null,
      against: null,
      mode: 'registry',
      place: null,
      selection: null,
      hidden: [],
      shown: [],
      run: null,
      tab: 'runs',
      aspect: 'figures',
      earlier: null,
      siting: null,
      batch: null,
      proposal: null,
      year: null,
      programTab: 'board',
      planTab: 'package',
      inspecting: null,
      sheet: null,
      month: null,
      filter: everything,
      hovered: null,
      pointer: null,
      sort: 'name',
      theme: preferredTheme(),
      language: 'zh',
      layout: { panel: 288, inspector: 336, table: 208, tableOpen: true },
      lastDistrict: null,
      online: true,
      open: (view) =>
        set((s) => {
          const moved = view.district !== undefined && view.district !== s.district;
          return {
            ...(moved
              ? {
                  scenario: null,
                  against: null,
                  selection: null,
                  run: null,
                  earlier: null,
                  siting: null,
                  batch: null,
                  proposal: null,
                  year: null,
                  inspecting: null,
                  sheet: null,
                  month: null,
                  filter: everything,
                  place: null,
                }
              : {}),
            ...view,
            hovered: null,
            lastDistrict: view.district ?? s.lastDistrict,
          };
        }),
      setMode: (mode) => set({ mode, hovered: null, sort: mode === 'registry' ? 'name' : '' }),
      select: (selection) => set({ selection }),
      hover: (hovered) => set((s) => (same(s.hovered, hovered) ? s : { hovered })),
      setPlace: (place) => set({ place }),
      setPointer: (pointer) => set({ pointer }),
      setFilter: (change) => set((s) => ({ filter: { ...s.filter, ...change } })),
      setSort: (sort) => set({ sort }),
      toggleLayer: (name) => set((s) => ({ hidden: toggled(s.hidden, name) })),
      toggleShown: (name) => set((s) => ({ shown: toggled(s.shown, name) })),
      setRun: (run) =>
        set((s) => ({
          run,
          earlier: null,
          aspect: run === null || s.aspect === 'compare' ? 'figures' : s.aspect,
        })),
      setTab: (tab) => set({ tab }),
      setYear: (year) => set({ year }),
      setMonth: (month) => set({ month }),
      setProgramTab: (programTab) => set({ programTab }),
      setPlanTab: (planTab) => set({ planTab }),
      inspect: (inspecting) => set({ inspecting }),
      openSheet: (sheet) => set({ sheet }),
      setScenario: (scenario) =>
        set((s) =>
          s.scenario === scenario
            ? s
            : {
                scenario,
                against: null,
                hovered: null,
                selection: s.selection?.kind === 'zone' ? null : s.selection,
              },
        ),
      compareWith: (against) => set({ against }),
      setTheme: (theme) => set({ theme }),
      setLanguage: (language) => set({ language }),
      setLayout: (change) => set((s) => ({ layout: { ...s.layout, ...change } })),
      setOnline: (online) => set((s) => (s.online === online ? s : { online })),
    }),
    {
      name: 'lianpian',
      partialize: (s) => ({
        theme: s.theme,
        language: s.language,
        layout: s.layout,
        lastDistrict: s.lastDistrict,
      }),
    },
  ),
);

const toggled = (list: string[], name: string) =>
  list.includes(name) ? list.filter((l) => l !== name) : [...list, name];

export function same(a: Selection | null, b: Selection | null): boolean {
  return a === b || (a !== null && b !== null && a.kind === b.kind && a.code === b.code);
}

/** The linkable part of the state. */
export function viewOf(s: Workbench): View {
  return {
    district: s.district,
    scenario: s.scenario,
    against: s.against,
    mode: s.mode,
    place: s.place,
    selection: s.selection,
    hidden: s.hidden,
    shown: s.shown,
    run: s.run,
    tab: s.tab,
    aspect: s.aspect,
    earlier: s.earlier,
    siting: s.siting,
    batch: s.batch,
    proposal: s.proposal,
    year: s.year,
    programTab: s.programTab,
    planTab: s.planTab,
    inspecting: s.inspecting,
    sheet: s.sheet,
    month: s.month,
    filter: s.filter,
  };
}
