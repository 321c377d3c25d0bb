// Files that are looked into before they are imported: what was found in them,
// what the person decided, and their rows as they would be imported.
import { useQuery } from '@tanstack/react-query';
import type { Geometry } from 'geojson';
import { upload } from './endpoints';
import type { ImportQuestion, ImportReport, Job } from './nouns';
import { keys } from './queries';
import { BASE, ifMatch, valueFrom } from './request';

const enc = encodeURIComponent;

export interface PlaceColumns {
  x?: string;
  y?: string;
  wkt?: string;
}
export interface LayerDecision {
  layer: string;
  target?: string;
  crs?: string;
  axes?: string;
  unit?: string;
  datum?: string;
  offset?: [number, number] | null;
  columns?: PlaceColumns | null;
  fields?: Record<string, string>;
  area_unit?: string;
  repairs?: string;
  duplicates?: string;
  rows?: Record<string, string>;
  scenario?: string;
  type?: string;
}
export interface Decisions {
  encoding?: string;
  layers?: LayerDecision[];
}
export interface Finding {
  kind: string;
  layer?: string;
  row?: number;
  detail: string;
}
export interface CrsCandidate {
  crs: string;
  name: string;
  axes: string;
  unit: string;
  inside: number;
}
export interface ShiftHypothesis {
  datum: string;
  pairs: number;
  share: number;
  residual: number | null;
}
export interface Shift {
  against: string;
  compared: number;
  hypotheses: ShiftHypothesis[] | null;
  proposed: string;
  offset: [number, number] | null;
  clear: boolean;
  before: number | null;
  after: number | null;
  reason: string;
  decided: boolean;
}
export interface FieldDiagnosis {
  name: string;
  target: string;
  title: string;
  personal: boolean;
  filled: number;
  samples: string[] | null;
}
export interface GeometryFault {
  kind: string;
  detail: string;
  repair: string;
  count: number;
  area_before: number;
  area_after: number;
  examples: { row: number; at: [number, number] | null; before: string; after: string }[] | null;
}
export interface DuplicatePair {
  row: number;
  name: string;
  code: string;
  stored: string;
  how: string;
  share: number;
  action: string;
}
export interface LayerDiagnosis {
  name: string;
  shape: string;
  rows: number;
  bound: [number, number, number, number] | null;
  encoding: string;
  target: { layer: string; sure: boolean; reason: string; decided: boolean };
  columns: PlaceColumns | null;
  fields: FieldDiagnosis[] | null;
  choices: { key: string; title: string }[] | null;
  crs: {
    declared: string;
    chosen: string;
    axes: string;
    unit: string;
    sure: boolean;
    decided: boolean;
    reason: string;
    candidates: CrsCandidate[] | null;
  };
  shift: Shift | null;
  geometry: GeometryFault[] | null;
  duplicates: {
    by_code: number;
    by_overlap: number;
    by_name: number;
    in_file: number;
    same: number;
    chosen: string;
    decided: boolean;
    examples: DuplicatePair[] | null;
  };
  outside: { count: number; rows: number[] | null; margin_m: number; farthest_m: number };
  values: { row: number; what: string; before: string; after: string }[] | null;
  value_count: number;
  area_unit: ImportQuestion | null;
  refused: { row: number; reason: string; value: string }[] | null;
  tally: { insert: number; update: number; skip: number; refuse: number };
}
export interface OpenQuestion {
  kind: string;
  layer: string;
  text: string;
  proposed: string;
}
export interface Diagnosis {
  format: string;
  rows: number;
  encoding: string;
  findings: Finding[] | null;
  layers: LayerDiagnosis[] | null;
  questions: OpenQuestion[] | null;
  ready: boolean;
  path: string;
  proposal: Decisions;
}
export type InspectionState =
  | 'inspecting'
  | 'ready'
  | 'importing'
  | 'imported'
  | 'undone'
  | 'failed'
  | 'discarded';
export interface Inspection {
  id: string;
  district: string;
  name: string;
  sha256: string;
  size: number;
  format: string;
  state: InspectionState;
  error: string;
  auto: boolean;
  remembered: boolean;
  diagnosis?: Diagnosis | null;
  decisions: Decisions;
  report?: ImportReport | null;
  version: number;
  created_by: string;
  created_at: string;
  updated_at: string;
  expires_at: string;
  job: string | null;
  import: string | null;
}
export interface InspectionJob {
  inspection: Inspection;
  job: Job;
}
export interface RowProperties {
  row: number;
  name: string;
  code: string;
  cells: Record<string, string> | null;
  fault: string;
  outside: boolean;
  repairs: string[] | null;
  match_code: string;
  match_name: string;
  match_how: string;
  match_share: number;
  action: string;
  given: Geometry | null;
}
export interface StagedRow {
  type: 'Feature';
  id: number;
  geometry: Geometry | null;
  properties: RowProperties;
}
export interface StagedRows {
  features: StagedRow[] | null;
  total: number;
}
export interface Habit {
  id: string;
  name: string;
  used: number;
  created_by: string;
  updated_at: string;
}

async function ask<T>(method: string, path: string, body?: unknown, version?: number): Promise<T> {
  return valueFrom<T>(
    await fetch(`${BASE}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(version === undefined ? {} : ifMatch(version)),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    }),
  );
}

/** Sends a file to be looked into; with `auto` it is imported at once where nothing is left to ask. */
export async function sendForInspection(
  district: string,
  file: File,
  auto: boolean,
  sent: (share: number) => void,
  signal: AbortSignal,
): Promise<InspectionJob> {
  // The fields come before the file, so that the server knows what it reads while it reads.
  const form = new FormData();
  form.set('auto', String(auto));
  form.set('file', file, file.name);
  return valueFrom(await upload(`${BASE}/districts/${enc(district)}/inspections`, form, sent, signal));
}
export const inspections = async (district: string) =>
  (await ask<{ items: Inspection[] }>('GET', `/districts/${enc(district)}/inspections`)).items;
export const inspection = (id: string) => ask<Inspection>('GET', `/inspections/${enc(id)}`);
export const decide = (id: string, version: number, decisions: Decisions) =>
  ask<Inspection>('PUT', `/inspections/${enc(id)}/decisions`, decisions, version);
export const importInspection = (id: string, version: number) =>
  ask<InspectionJob>('POST', `/inspections/${enc(id)}/import`, undefined, version);
export const discardInspection = (id: string) => ask<unknown>('DELETE', `/inspections/${enc(id)}`);
export const stagedRows = (id: string, layer: string, only = '', limit = 100) =>
  ask<StagedRows>(
    'GET',
    `/inspections/${enc(id)}/rows?${new URLSearchParams({ layer, limit: String(limit), ...(only ? { only } : {}) })}`,
  );
export const habits = async (district: string) =>
  (await ask<{ items: Habit[] }>('GET', `/districts/${enc(district)}/import-habits`)).items;
export const forgetHabit = (district: string, id: string) =>
  ask<unknown>('DELETE', `/districts/${enc(district)}/import-habits/${enc(id)}`);

export const useInspections = (d: string, enabled: boolean) =>
  useQuery({
    queryKey: [...keys.inspections(d), 'list'],
    queryFn: () => inspections(d),
    enabled: !!d && enabled,
  });
export const useInspection = (d: string, id: string) =>
  useQuery({ queryKey: [...keys.inspections(d), 'one', id], queryFn: () => inspection(id), enabled: !!d });
/** The first rows of a layer under the decisions of a version. */
export const useStagedRows = (d: string, id: string, version: number, layer: string, only: string) =>
  useQuery({
    queryKey: [...keys.inspections(d), 'rows', id, version, layer, only],
    queryFn: () => stagedRows(id, layer, only),
    enabled: !!d && !!id && version > 0,
    placeholderData: (before) => before,
  });
