// Which ground a change of zones touches: where the zones lie, and where they lay. The map asks for
// that at once. The announcement of the change follows and brings what cannot be known here: strings
// that reach beyond their zone, and what others have done that this window has not heard of yet.
import type { QueryClient } from '@tanstack/react-query';
import type { Bounds, Edit, Zone } from '../api/nouns';
import { keys } from '../api/queries';

/** A zone as far as this matters here. */
type Placed = Pick<Zone, 'code' | 'bbox'>;
/** Where zones lie, by code; in several places where that was seen at different times. */
export type Extents = ReadonlyMap<string, readonly Bounds[]>;

export function extentsOf(zones: readonly Placed[]): Extents {
  const extents = new Map<string, readonly Bounds[]>();
  for (const { code, bbox } of zones) extents.set(code, [...(extents.get(code) ?? []), bbox]);
  return extents;
}

/** Where the zones lie that this window has been told of. To be asked before a change is sent. */
export function extentsKnown(client: QueryClient, district: string): Extents {
  const zones = keys.zones(district);
  const lists = client.getQueriesData<Placed[]>({ queryKey: [...zones, 'list'] });
  const single = client.getQueriesData<Placed>({ queryKey: [...zones, 'one'] });
  return extentsOf([...lists, ...single].flatMap(([, told]) => told ?? []));
}

/** The places that an edit touches; null (everywhere) where a zone that it did not make lay nobody knows where. */
export function placesTouched(
  edit: { zones: readonly Placed[]; removed: Edit['removed'] },
  before: Extents,
  made: readonly string[] = [],
): readonly Bounds[] | null {
  const places = edit.zones.map((z) => z.bbox);
  for (const code of [...edit.zones.map((z) => z.code), ...edit.removed]) {
    const lay = before.get(code);
    if (lay) places.push(...lay);
    else if (!made.includes(code)) return null;
  }
  return places;
}
