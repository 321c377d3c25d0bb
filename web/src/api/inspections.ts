// Files that are looked into before they are imported: what was found in them,
// what the person decided, and their rows as they would be imported.
import { useQuery } from '@tanstack/react-query';
import type { Geometry } from 'geojson';
import { upload } from './endpoints';
import type { Bounds, ImportQuestion, ImportReport, Job, Position } from './nouns';
import { keys } from './queries';
import { BASE, client, ifMatch, value, valueFrom } from './request';
import type { components } from './schema';

type Schemas = components['schemas'];
/** The generated shapes say number[] where the app says Position; this is the one place where that is bridged. */
const as = <T>(v: unknown): T => v as T;

export type PlaceColumns = Schemas['PlaceColumns'];
export type LayerDecision = Schemas['LayerDecision'];
export type Decisions = Schemas['Decisions'];
export type Finding = Schemas['Finding'];
export type OpenQuestion = Schemas['OpenQuestion'];
export type CrsCandidate = Schemas['CRSCandidate'];
export type ShiftHypothesis = Schemas['ShiftHypothesis'];
export type Shift = Omit<Schemas['ShiftDiagnosis'], 'offset'> & { offset: Position | null };
export type GeometryFault = Omit<Schemas['GeometryFault'], 'examples'> & {
  examples: (Omit<Schemas['FaultyExample'], 'at'> & { at: Position | null })[];
};
export type DuplicatePair = Schemas['DuplicatePair'];
export type LayerDiagnosis = Omit<Schemas['LayerDiagnosis'], 'bound' | 'shift' | 'geometry' | 'area_unit'> & {
  bound: Bounds | null;
  shift: Shift | null;
  geometry: GeometryFault[];
  area_unit: ImportQuestion | null;
};
export type Diagnosis = Omit<Schemas['Diagnosis'], 'layers'> & { layers: LayerDiagnosis[] };
export type Inspection = Omit<Schemas['Inspection'], 'diagnosis' | 'report' | 'job' | 'import'> & {
  diagnosis?: Diagnosis;
  report?: ImportReport;
  job: string | null;
  import: string | null;
};
export interface InspectionJob {
  inspection: Inspection;
  job: Job;
}
export type RowProperties = Omit<Schemas['RowProperties'], 'given'> & { given: Geometry | null };
/** A row of the file as it would be imported. */
export type StagedRow = Omit<Schemas['RowFeature'], 'geometry' | 'properties'> & {
  geometry: Geometry | null;
  properties: RowProperties;
};
export type StagedRows = Omit<Schemas['RowCollection'], 'features'> & { features: StagedRow[] };
export type RowFilter = '' | 'faulty' | 'repaired' | 'duplicate' | 'outside';
export type Habit = Schemas['Habit'];

const one = (id: string) => ({ path: { id } });

/** Sends a file to be looked into; nothing is imported before it is asked for. */
export async function sendForInspection(
  district: string,
  file: File,
  sent: (share: number) => void,
  signal: AbortSignal,
): Promise<InspectionJob> {
  const form = new FormData();
  form.set('file', file, file.name);
  return valueFrom(
    await upload(`${BASE}/districts/${encodeURIComponent(district)}/inspections`, form, sent, signal),
  );
}
export const inspections = async (district: string) =>
  as<Inspection[]>(
    (await value(client.GET('/districts/{district}/inspections', { params: { path: { district } } }))).items,
  );
export const inspection = async (id: string) =>
  as<Inspection>(await value(client.GET('/inspections/{id}', { params: one(id) })));
export const decide = async (id: string, version: number, body: Decisions) =>
  as<Inspection>(
    await value(
      client.PUT('/inspections/{id}/decisions', { params: { ...one(id), header: ifMatch(version) }, body }),
    ),
  );
export const importInspection = async (id: string, version: number) =>
  as<InspectionJob>(
    await value(
      client.POST('/inspections/{id}/import', { params: { ...one(id), header: ifMatch(version) } }),
    ),
  );
export const discardInspection = (id: string) =>
  value<unknown>(client.DELETE('/inspections/{id}', { params: one(id) }));
export const stagedRows = async (id: string, layer: string, only: RowFilter) =>
  as<StagedRows>(
    await value(
      client.GET('/inspections/{id}/rows', {
        params: { ...one(id), query: { layer, limit: 100, only: only || undefined } },
      }),
    ),
  );
export const habits = async (district: string) =>
  (await value(client.GET('/districts/{district}/import-habits', { params: { path: { district } } }))).items;
export const forgetHabit = (district: string, id: string) =>
  value<unknown>(
    client.DELETE('/districts/{district}/import-habits/{id}', { params: { path: { district, id } } }),
  );

export const useInspections = (d: string, enabled: boolean) =>
  useQuery({
    queryKey: [...keys.inspections(d), 'list'],
    queryFn: () => inspections(d),
    enabled: !!d && enabled,
  });
export const useInspection = (d: string, id: string) =>
  useQuery({ queryKey: [...keys.inspections(d), 'one', id], queryFn: () => inspection(id), enabled: !!d });
/** The first rows of a layer under the decisions of a version. */
export const useStagedRows = (d: string, id: string, version: number, layer: string, only: RowFilter) =>
  useQuery({
    queryKey: [...keys.inspections(d), 'rows', id, version, layer, only],
    queryFn: () => stagedRows(id, layer, only),
    enabled: !!d && !!id && version > 0,
    placeholderData: (before) => before,
  });
export const useHabits = (d: string, enabled: boolean) =>
  useQuery({ queryKey: keys.habits(d), queryFn: () => habits(d), enabled: !!d && enabled });
