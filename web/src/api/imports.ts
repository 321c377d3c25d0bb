// Imports that were done: what each changed, and taking one back as a whole.
import { useQuery } from '@tanstack/react-query';
import type { Job } from './nouns';
import { keys } from './queries';
import { BASE, valueFrom } from './request';

const enc = encodeURIComponent;

export interface ImportDone {
  /** That of its job. */
  id: string;
  district: string;
  title: string;
  by: string;
  at: string;
  changes: Record<string, { added: number; changed: number }>;
  undone_at: string | null;
  undone_by: string;
  kept: number;
  undoable: boolean;
}
export interface UndoReport {
  import: string;
  title: string;
  removed: number;
  restored: number;
  left: { table: string; code: string; name: string; reason: string }[] | null;
  left_total: number;
}

export const imports = async (district: string) =>
  (await valueFrom<{ items: ImportDone[] }>(await fetch(`${BASE}/districts/${enc(district)}/imports`))).items;
/** A job whose report is an UndoReport; with `keepChanged`, rows that somebody worked on since stay as they are. */
export const undoImport = async (id: string, keepChanged: boolean) =>
  valueFrom<Job>(
    await fetch(`${BASE}/imports/${enc(id)}/undo`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ keep_changed: keepChanged }),
    }),
  );

export const useImports = (d: string, enabled = true) =>
  useQuery({ queryKey: keys.imports(d), queryFn: () => imports(d), enabled: !!d && enabled });
