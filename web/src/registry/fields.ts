// The editable fields of a community, once: form, inspector, conflict dialog
// and undo all read this list.
import type { Community } from '../api/nouns';
import type { Translate } from '../language';
import { count, floorArea } from '../language/format';
import type { words } from './words';

type T = Translate<typeof words>;
export type FieldKey =
  | 'name'
  | 'address'
  | 'unit_kind'
  | 'built_year'
  | 'households'
  | 'building_count'
  | 'floor_area_m2'
  | 'management_mode'
  | 'neglected'
  | 'municipal_missing'
  | 'service_missing'
  | 'prior_works'
  | 'in_shantytown_plan'
  | 'demolish_rebuild'
  | 'self_built_majority'
  | 'urban_village'
  | 'poor_conditions'
  | 'households_agreed'
  | 'floor_area_agreed_m2'
  | 'remark';

export interface FieldDef {
  key: FieldKey;
  label: keyof typeof words & string;
  type: 'text' | 'long' | 'whole' | 'year' | 'number' | 'flag' | 'list' | 'choice';
  unit?: string;
  choices?: readonly { value: string; label: keyof typeof words & string }[];
  section: 'facts' | 'condition' | 'survey';
}

export const fields: readonly FieldDef[] = [
  { key: 'name', label: 'name', type: 'text', section: 'facts' },
  { key: 'address', label: 'address', type: 'text', section: 'facts' },
  {
    key: 'unit_kind',
    label: 'unitKind',
    type: 'choice',
    section: 'facts',
    choices: [
      { value: 'compound', label: 'unit.compound' },
      { value: 'single_building', label: 'unit.single_building' },
      { value: 'community', label: 'unit.community' },
    ],
  },
  { key: 'built_year', label: 'builtYear', type: 'year', section: 'facts' },
  { key: 'households', label: 'households', type: 'whole', section: 'facts' },
  { key: 'building_count', label: 'buildings', type: 'whole', section: 'facts' },
  { key: 'floor_area_m2', label: 'floorArea', type: 'number', unit: 'm²', section: 'facts' },
  {
    key: 'management_mode',
    label: 'management',
    type: 'choice',
    section: 'facts',
    choices: [
      { value: '', label: 'management.' },
      { value: 'professional', label: 'management.professional' },
      { value: 'service_centre', label: 'management.service_centre' },
      { value: 'self_managed', label: 'management.self_managed' },
    ],
  },
  { key: 'neglected', label: 'neglected', type: 'flag', section: 'condition' },
  { key: 'municipal_missing', label: 'municipalMissing', type: 'list', section: 'condition' },
  { key: 'service_missing', label: 'serviceMissing', type: 'list', section: 'condition' },
  {
    key: 'prior_works',
    label: 'priorWorks',
    type: 'choice',
    section: 'condition',
    choices: [
      { value: '', label: 'unknown' },
      { value: 'none', label: 'works.none' },
      { value: 'single_item', label: 'works.single_item' },
      { value: 'partial', label: 'works.partial' },
      { value: 'full', label: 'works.full' },
    ],
  },
  { key: 'in_shantytown_plan', label: 'shantytown', type: 'flag', section: 'condition' },
  { key: 'demolish_rebuild', label: 'demolish', type: 'flag', section: 'condition' },
  { key: 'self_built_majority', label: 'selfBuilt', type: 'flag', section: 'condition' },
  { key: 'urban_village', label: 'urbanVillage', type: 'flag', section: 'condition' },
  { key: 'poor_conditions', label: 'poorConditions', type: 'flag', section: 'condition' },
  { key: 'households_agreed', label: 'householdsAgreed', type: 'whole', section: 'survey' },
  { key: 'floor_area_agreed_m2', label: 'floorAreaAgreed', type: 'number', unit: 'm²', section: 'survey' },
  { key: 'remark', label: 'remark', type: 'long', section: 'facts' },
];

export type FieldValue = string | number | boolean | string[] | null;
export type Patch = Partial<Record<FieldKey, FieldValue>>;

export function factOf(c: Community, key: FieldKey): FieldValue {
  return c[key] ?? null;
}
export function sameValue(a: FieldValue, b: FieldValue): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A value in words. */
export function read(def: FieldDef, value: FieldValue, t: T, language: 'zh' | 'en'): string {
  if (value === null || (value === '' && !def.choices))
    return def.type === 'flag' || def.type === 'list' || def.type === 'choice' ? t('unknown') : '—';
  if (def.choices) {
    const choice = def.choices.find((c) => c.value === value);
    return choice ? t(choice.label) : String(value);
  }
  if (Array.isArray(value)) return value.length ? value.join('、') : t('nothing');
  if (typeof value === 'boolean') return value ? t('yes') : t('no');
  if (def.type === 'year') return t('year', { n: value });
  if (def.key === 'floor_area_m2' || def.key === 'floor_area_agreed_m2')
    return floorArea(Number(value), language);
  return typeof value === 'number' ? count(value) : value;
}

/** What stands in the form's control for a value. */
export function toText(def: FieldDef, value: FieldValue): string {
  if (value === null) return def.type === 'flag' ? '' : '';
  if (Array.isArray(value)) return value.length ? value.join('、') : '无';
  return String(value);
}

export type Parsed = { value: FieldValue } | { fault: 'invalidNumber' | 'invalidYear' | 'nameNeeded' };

/** The value of what a person typed; an empty field means unknown, where a fact may be unknown. */
export function parse(def: FieldDef, text: string): Parsed {
  const clean = text.trim();
  switch (def.type) {
    case 'flag':
      return { value: clean === '' ? null : clean === 'true' };
    case 'list':
      if (clean === '') return { value: null };
      if (clean === '无') return { value: [] };
      return { value: clean.split(/[、,，;；\s]+/).filter(Boolean) };
    case 'choice':
      return { value: clean === '' && def.key === 'prior_works' ? null : clean };
    case 'whole':
    case 'year':
    case 'number': {
      if (clean === '') return { value: null };
      const n = Number(clean.replace(/[,，\s]/g, ''));
      if (!Number.isFinite(n) || n < 0 || (def.type !== 'number' && !Number.isInteger(n)))
        return { fault: 'invalidNumber' };
      if (def.type === 'year' && (n < 1900 || n > 2100)) return { fault: 'invalidYear' };
      return { value: n };
    }
    default:
      return def.key === 'name' && clean === '' ? { fault: 'nameNeeded' } : { value: clean };
  }
}
