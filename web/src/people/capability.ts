// What the UI offers to whom. The server decides; this only keeps people from
// pressing buttons that would be refused, and says why.
import type { Person } from '../api/nouns';

export type Capability =
  | 'edit.register'
  | 'draw.zone'
  | 'run.coverage'
  | 'export'
  | 'import'
  | 'manage.accounts'
  | 'read.audit';

const allowed: Record<Person['role'], readonly Capability[]> = {
  administrator: [
    'edit.register',
    'draw.zone',
    'run.coverage',
    'export',
    'import',
    'manage.accounts',
    'read.audit',
  ],
  planner: ['edit.register', 'draw.zone', 'run.coverage', 'export', 'import'],
  officer: ['edit.register', 'draw.zone', 'run.coverage', 'export', 'import'],
  contractor: ['export'],
  viewer: [],
};

/** Whether the person may; `subdistrict` is where the thing lies, when it is known. */
export function may(person: Person | undefined, capability: Capability, subdistrict?: string | null): boolean {
  if (!person || !allowed[person.role].includes(capability)) return false;
  const own = person.scope?.subdistricts;
  return !subdistrict || !own || own.includes(subdistrict);
}
