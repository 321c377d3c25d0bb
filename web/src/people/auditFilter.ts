// Which entries of the audit trail are asked for. The filter stands in the
// address, so that it can be passed on.

export interface AuditFilter {
  person: string;
  entity: string;
  code: string;
  /** Days as YYYY-MM-DD in the person's own time, both inclusive; "" is open. */
  from: string;
  until: string;
}

export const fields = ['person', 'entity', 'code', 'from', 'until'] as const;

export function readFilter(search: URLSearchParams): AuditFilter {
  const text = (key: string) => search.get(key) ?? '';
  const day = (key: string) => (/^\d{4}-\d{2}-\d{2}$/.test(text(key)) ? text(key) : '');
  return {
    person: text('person'),
    entity: text('entity'),
    code: text('code'),
    from: day('from'),
    until: day('until'),
  };
}

/** The search part of the address for a filter, without what is open. */
export function writeFilter(filter: AuditFilter): Record<string, string> {
  return Object.fromEntries(fields.flatMap((key) => (filter[key] ? [[key, filter[key]]] : [])));
}

/** What the service is asked: moments instead of days, the last one exclusive. */
export function asked(filter: AuditFilter): Partial<Record<(typeof fields)[number], string>> {
  const { person, entity, code, from, until } = filter;
  return {
    person: person.trim() || undefined,
    entity: entity || undefined,
    code: code.trim() || undefined,
    from: startOf(from, 0),
    until: startOf(until, 1),
  };
}

/** The first moment of a day, or of the one `later` days after it. */
function startOf(day: string, later: number): string | undefined {
  const [year = Number.NaN, month = Number.NaN, date = Number.NaN] = day.split('-').map(Number);
  const at = new Date(year, month - 1, date + later);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
