// What imports changed. Pure functions.
import type { ImportDone, UndoReport } from '../api/imports';
import type { Job } from '../api/nouns';

/** Tables in which something happened, those with most first. */
export const changedIn = ({ changes }: ImportDone) =>
  Object.entries(changes)
    .map(([table, c]) => ({ table, ...c }))
    .filter((c) => c.added + c.changed > 0)
    .sort((a, b) => b.added + b.changed - (a.added + a.changed) || a.table.localeCompare(b.table));

/** What the job of an undo says: the rows that stand in its way, or were left. */
export const undoReport = (job: Job) => (job.report ?? null) as unknown as UndoReport | null;

/** Something that was brought in, or is being. */
export interface Brought {
  id: string;
  title: string;
  by: string;
  at: string;
  /** null where the import was part of another job. */
  job: Job | null;
}
/** Jobs that import, and imports that were part of other jobs, newest first. */
export function broughtIn(jobs: readonly Job[], imports: readonly ImportDone[]): Brought[] {
  const own = new Set(jobs.map((j) => j.id));
  return [
    ...jobs.map((job) => ({ id: job.id, title: job.title, by: job.created_by, at: job.created_at, job })),
    ...imports
      .filter((i) => !own.has(i.id))
      .map((i) => ({ id: i.id, title: i.title, by: i.by, at: i.at, job: null })),
  ].sort((a, b) => b.at.localeCompare(a.at));
}
