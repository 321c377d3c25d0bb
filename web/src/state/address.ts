// The URL is what a person shares: district, scenario and what it is compared
// with, mode, place, selection, layers, coverage run, proposal, year and table filters;
// within the coverage mode also which of its tabs, the earlier run, siting and scorecard;
// the tab of the area plans, and the file that is looked into before it is imported.
// Pure functions; sync.ts moves them between the location bar and the store.
import type { Eligibility } from '../api/nouns';

export const modes = ['registry', 'zones', 'coverage', 'program', 'plans', 'data'] as const;
export type Mode = (typeof modes)[number];

/** The tabs of the coverage mode: runs, the what-if on one, new sites, the scorecard. */
export const coverageTabs = ['runs', 'trial', 'sites', 'scorecard'] as const;
export type CoverageTab = (typeof coverageTabs)[number];
/** The tabs of the program mode: where it stands, project libraries, surveys, funds, approvals, monthly reports, years of zones, the policy. */
export const programTabs = [
  'board',
  'projects',
  'surveys',
  'money',
  'approvals',
  'months',
  'years',
  'policy',
] as const;
export type ProgramTab = (typeof programTabs)[number];
/** The tabs of the plans mode: order a package, one file of a zone, the packages that were made. */
export const planTabs = ['package', 'file', 'made'] as const;
export type PlanTab = (typeof planTabs)[number];
/** The steps of looking into a file before it is imported. */
export const inspectionSteps = ['file', 'crs', 'fields', 'geometry', 'duplicates', 'confirm'] as const;
export type InspectionStep = (typeof inspectionSteps)[number];
/** A file that is looked into, and how far the person has come. */
export interface Inspecting {
  id: string;
  step: InspectionStep;
}
/** A file that is open over the map: of a community, of a project, the board, the text of a plan, a month's report. */
export const sheetKinds = ['community', 'project', 'board', 'policy', 'month'] as const;
export type SheetKind = (typeof sheetKinds)[number];
export interface Sheet {
  kind: SheetKind;
  code: string;
  /** Which part of it; "" is the first. */
  part: string;
}
/** What of a run the panel shows. */
export const runAspects = ['figures', 'parts', 'gaps', 'reach', 'compare'] as const;
export type RunAspect = (typeof runAspects)[number];

export const kinds = [
  'community',
  'building',
  'facility',
  'idle_building',
  'zone',
  'link',
  'project',
] as const;
export type Kind = (typeof kinds)[number];
export interface Selection {
  kind: Kind;
  code: string;
}
export interface Place {
  lng: number;
  lat: number;
  zoom: number;
}
export interface CommunityFilter {
  q: string;
  eligibility: Eligibility[];
  subdistricts: string[];
  yearFrom: number | null;
  yearTo: number | null;
}
export const everything: CommunityFilter = {
  q: '',
  eligibility: [],
  subdistricts: [],
  yearFrom: null,
  yearTo: null,
};

export interface View {
  district: string;
  /** Code of the scenario that is worked on; null is the district's main one. */
  scenario: string | null;
  /** What the scenario is compared with: a scenario's code, with "@7" behind it for its revision 7. */
  against: string | null;
  mode: Mode;
  place: Place | null;
  selection: Selection | null;
  hidden: string[];
  /** Layers that are drawn only where they are asked for. */
  shown: string[];
  run: string | null;
  tab: CoverageTab;
  aspect: RunAspect;
  /** The run that the shown one is compared with. */
  earlier: string | null;
  /** Sites that are shown. */
  siting: string | null;
  /** The scorecard that is shown, by the id of its runs' batch. */
  batch: string | null;
  /** Proposed zones that are shown; "new" is the form. */
  proposal: string | null;
  /** Year of the phasing that the map shows; null is all of them. */
  year: number | null;
  programTab: ProgramTab;
  planTab: PlanTab;
  inspecting: Inspecting | null;
  sheet: Sheet | null;
  /** Month of the reports, YYYY-MM; null is the one that is due. */
  month: string | null;
  filter: CommunityFilter;
}

export function parseAddress(pathname: string, search: string): View | null {
  const path = /^\/d\/([0-9]{6,9})(?:\/([a-z]+))?\/?$/.exec(pathname);
  if (!path) return null;
  const query = new URLSearchParams(search);
  const mode = modes.find((m) => m === path[2]) ?? 'registry';
  const eligibility = split(query.get('elig')).filter(
    (v): v is Eligibility => v === 'in' || v === 'out' || v === 'borderline',
  );
  return {
    district: path[1] ?? '',
    scenario: query.get('scenario') || null,
    against: query.get('against') || null,
    mode,
    place: parsePlace(query.get('at')),
    selection: parseSelection(query.get('select')),
    hidden: split(query.get('hide')),
    shown: split(query.get('show')),
    run: query.get('run'),
    tab: coverageTabs.find((t) => t === query.get('tab')) ?? 'runs',
    aspect: runAspects.find((a) => a === query.get('aspect')) ?? 'figures',
    earlier: query.get('earlier') || null,
    siting: query.get('siting') || null,
    batch: query.get('batch') || null,
    proposal: query.get('proposal') || null,
    year: year(query.get('year')),
    programTab: programTabs.find((t) => t === query.get('ptab')) ?? 'board',
    planTab: planTabs.find((t) => t === query.get('plan')) ?? 'package',
    inspecting: parseInspecting(query.get('inspect')),
    sheet: parseSheet(query.get('sheet')),
    month: /^\d{4}-(0[1-9]|1[0-2])$/.exec(query.get('month') ?? '')?.[0] ?? null,
    filter: {
      q: query.get('q') ?? '',
      eligibility,
      subdistricts: split(query.get('sub')),
      yearFrom: year(query.get('from')),
      yearTo: year(query.get('to')),
    },
  };
}

export function formatAddress(view: View): string {
  const query: string[] = [];
  const put = (key: string, value: string) => {
    if (value)
      query.push(
        `${key}=${encodeURIComponent(value).replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%40/g, '@')}`,
      );
  };
  put('scenario', view.scenario ?? '');
  put('against', view.against ?? '');
  if (view.place) {
    const { lng, lat, zoom } = view.place;
    put('at', `${lng.toFixed(5)},${lat.toFixed(5)},${zoom.toFixed(2)}`);
  }
  if (view.selection) put('select', `${view.selection.kind}:${view.selection.code}`);
  put('hide', view.hidden.join(','));
  put('show', view.shown.join(','));
  put('run', view.run ?? '');
  put('tab', view.tab === 'runs' ? '' : view.tab);
  put('aspect', view.aspect === 'figures' ? '' : view.aspect);
  put('earlier', view.earlier ?? '');
  put('siting', view.siting ?? '');
  put('batch', view.batch ?? '');
  put('proposal', view.proposal ?? '');
  put('year', view.year?.toString() ?? '');
  put('ptab', view.programTab === 'board' ? '' : view.programTab);
  put('plan', view.planTab === 'package' ? '' : view.planTab);
  if (view.inspecting)
    put('inspect', view.inspecting.id + (view.inspecting.step === 'file' ? '' : `:${view.inspecting.step}`));
  if (view.sheet)
    put('sheet', `${view.sheet.kind}:${view.sheet.code}${view.sheet.part ? `:${view.sheet.part}` : ''}`);
  put('month', view.month ?? '');
  put('q', view.filter.q);
  put('elig', view.filter.eligibility.join(','));
  put('sub', view.filter.subdistricts.join(','));
  put('from', view.filter.yearFrom?.toString() ?? '');
  put('to', view.filter.yearTo?.toString() ?? '');
  return `/d/${view.district}/${view.mode}${query.length ? `?${query.join('&')}` : ''}`;
}

function split(value: string | null): string[] {
  return value ? value.split(',').filter(Boolean) : [];
}
function year(value: string | null): number | null {
  const n = Number(value);
  return value && Number.isInteger(n) && n >= 1800 && n <= 2200 ? n : null;
}
function parsePlace(value: string | null): Place | null {
  const parts = (value ?? '').split(',').map(Number);
  const [lng, lat, zoom] = parts;
  if (parts.length !== 3 || lng === undefined || lat === undefined || zoom === undefined) return null;
  if (![lng, lat, zoom].every(Number.isFinite)) return null;
  if (Math.abs(lng) > 180 || Math.abs(lat) > 85 || zoom < 0 || zoom > 24) return null;
  return { lng, lat, zoom };
}
function parseSheet(value: string | null): Sheet | null {
  const parts = (value ?? '').split(':');
  const kind = sheetKinds.find((k) => k === parts[0]);
  if (!kind || parts.length > 3) return null;
  const [, code = '', part = ''] = parts;
  return code || kind === 'board' ? { kind, code, part } : null;
}
function parseInspecting(value: string | null): Inspecting | null {
  const [id = '', step = ''] = (value ?? '').split(':');
  return /^[0-9a-f-]{36}$/.test(id) ? { id, step: inspectionSteps.find((s) => s === step) ?? 'file' } : null;
}
function parseSelection(value: string | null): Selection | null {
  const at = value?.indexOf(':') ?? -1;
  if (!value || at < 1) return null;
  const kind = kinds.find((k) => k === value.slice(0, at));
  const code = value.slice(at + 1);
  return kind && code ? { kind, code } : null;
}

/** A coordinate as a person types it: "106.92, 28.96", "28.96N 106.92E", full-width commas, either order where it is plain which is which. */
export function parseCoordinate(text: string): [number, number] | null {
  const clean = text.replace(/[，、;；]/g, ',').replace(/[°度]/g, ' ');
  const found = [...clean.matchAll(/(-?\d{1,3}(?:\.\d+)?)\s*([NSEWnsew东西南北]?)/g)];
  if (found.length !== 2 || /[^\d\s.,\-NSEWnsew东西南北经纬]/.test(clean)) return null;
  const [a, b] = found.map((m) => ({ value: Number(m[1]), mark: (m[2] ?? '').toUpperCase() }));
  if (!a || !b) return null;
  const northFirst =
    /[NS南北]/.test(a.mark) || /[EW东西]/.test(b.mark) || (Math.abs(a.value) <= 60 && b.value > 70);
  const [east, north] = northFirst ? [b, a] : [a, b];
  const lng = /[W西]/.test(east.mark) ? -east.value : east.value;
  const lat = /[S南]/.test(north.mark) ? -north.value : north.value;
  return Math.abs(lng) <= 180 && Math.abs(lat) <= 85 ? [lng, lat] : null;
}
