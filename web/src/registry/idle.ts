// The editable fields of an idle building (闲置用房), and what a person types of them.
import type { IdleBuilding, IdlePatch } from '../api/nouns';

export const owners = ['state', 'collective', 'private', 'mixed', ''] as const;
export const idleFields = [
  'name',
  'address',
  'floor_area_m2',
  'storeys',
  'owner_kind',
  'use_before',
  'available_from',
  'remark',
] as const;
export type IdleField = (typeof idleFields)[number];
export type Typed = Partial<Record<IdleField, string>>;

/** A field as its control shows it; "" is unknown. */
export const textOf = (b: IdleBuilding, field: IdleField): string => String(b[field] ?? '');

/** What to send for what was typed: only fields that differ; the fields that are no numbers by themselves. */
export function changeOf(b: IdleBuilding, typed: Typed): { change: IdlePatch; wrong: IdleField[] } {
  const change: Record<string, string | number | null> = {};
  const wrong: IdleField[] = [];
  for (const field of idleFields) {
    const text = typed[field]?.trim();
    if (text === undefined || text === textOf(b, field)) continue;
    if (field !== 'floor_area_m2' && field !== 'storeys') {
      change[field] = field === 'available_from' && text === '' ? null : text;
      continue;
    }
    const n = Number(text.replace(/[,，\s]/g, ''));
    if (text === '') change[field] = null;
    else if (!Number.isFinite(n) || n < 0 || (field === 'storeys' && !(Number.isInteger(n) && n > 0)))
      wrong.push(field);
    else if (n !== b[field]) change[field] = n;
  }
  return { change: change as IdlePatch, wrong };
}

/** The patch that takes a change back. */
export const backOf = (b: IdleBuilding, change: IdlePatch): IdlePatch =>
  Object.fromEntries(Object.keys(change).map((k) => [k, b[k as IdleField] ?? null])) as IdlePatch;
