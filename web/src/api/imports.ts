// Imports that were done: what each changed, and taking one back as a whole.
import { useQuery } from '@tanstack/react-query';
import type { Job } from './nouns';
import { keys } from './queries';
import { client, value } from './request';
import type { components } from './schema';

export type ImportDone = components['schemas']['Import'];
/** What the job of an undo says; the job carries it as free JSON. */
export interface UndoReport {
  removed: number;
  restored: number;
  left: { table: string; code: string; name: string; reason: string }[] | null;
  left_total: number;
}

export const imports = async (district: string) =>
  (await value(client.GET('/districts/{district}/imports', { params: { path: { district } } }))).items;
/** A job whose report is an UndoReport; with `keepChanged`, rows that somebody worked on since stay as they are. */
export const undoImport = async (id: string, keepChanged: boolean): Promise<Job> =>
  (await value(
    client.POST('/imports/{id}/undo', { params: { path: { id } }, body: { keep_changed: keepChanged } }),
  )) as Job;

export const useImports = (d: string, enabled = true) =>
  useQuery({ queryKey: keys.imports(d), queryFn: () => imports(d), enabled: !!d && enabled });
