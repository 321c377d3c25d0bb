import { Problem } from '../api/request';

/** The version that a project has by now, where a change came too late; null where the error is another. */
export function newestOf(error: unknown): number | null {
  if (!(error instanceof Problem) || !error.conflict) return null;
  const { current } = error;
  if (typeof current !== 'object' || current === null || !('version' in current)) return null;
  return typeof current.version === 'number' ? current.version : null;
}
