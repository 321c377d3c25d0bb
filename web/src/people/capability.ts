// What the UI offers to whom. The server decides and says in the session what
// the role may do; this only keeps people from pressing buttons that would be
// refused, so that the reason can be said beforehand.
import type { Person } from '../api/nouns';

export type Capability =
  | 'edit.register'
  | 'draw.zone'
  | 'run.coverage'
  | 'export'
  | 'import'
  | 'import.base'
  | 'choose.policy'
  | 'see.counts'
  | 'edit.program'
  | 'decide.program'
  | 'fill.progress'
  | 'found.district'
  | 'manage.accounts'
  | 'read.audit';

/** Whether the person may; `subdistrict` is where the thing lies, when that matters. */
export function may(
  person: Person | null | undefined,
  capability: Capability,
  subdistrict?: string | null,
): boolean {
  if (!person?.capabilities.includes(capability)) return false;
  const own = person.scope.subdistricts;
  return !subdistrict || !own || own.includes(subdistrict);
}
