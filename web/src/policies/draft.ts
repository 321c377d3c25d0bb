// Readings that are tried before they are chosen. Pure functions; the store
// keeps the trial while the person looks at something else.
import { create } from 'zustand';
import type { ChosenParameter, Policy, PolicyChoice } from '../api/policy';

export interface Draft {
  policyKey: string;
  /** What is not to have the plan's default, by the key of the parameter. */
  params: Readonly<Record<string, unknown>>;
  /** Version of the choice that the person saw when the trial began. */
  version: number;
}
type Parameter = Pick<ChosenParameter, 'key' | 'default' | 'type' | 'min' | 'max' | 'optional'>;

/** What the district has chosen, as a draft. */
export function chosen(choice: PolicyChoice): Draft {
  const own = choice.parameters.filter((p) => p.overridden).map((p) => [p.key, p.value] as const);
  return { policyKey: choice.policy_key, params: Object.fromEntries(own), version: choice.version };
}

export function same(a: Draft, b: Draft): boolean {
  const names = new Set([...Object.keys(a.params), ...Object.keys(b.params)]);
  return a.policyKey === b.policyKey && [...names].every((k) => a.params[k] === b.params[k]);
}

/** The draft with one value set; a default is no override. */
export function withValue(draft: Draft, parameter: Parameter, value: unknown): Draft {
  const { [parameter.key]: _, ...others } = draft.params;
  return value === parameter.default
    ? { ...draft, params: others }
    : { ...draft, params: { ...others, [parameter.key]: value } };
}

export const valueIn = (draft: Draft, parameter: Parameter): unknown =>
  parameter.key in draft.params ? draft.params[parameter.key] : parameter.default;

/** The parameters of the draft's plan: the district's own, or those of the plan that is tried. */
export function parametersOf(
  draft: Draft,
  choice: PolicyChoice,
  other: Policy | undefined,
): ChosenParameter[] | null {
  if (draft.policyKey === choice.policy_key) return choice.parameters;
  if (!other) return null;
  return other.parameters.map((p) => {
    const a = other.ambiguities.find((one) => one.id === p.ambiguity);
    return {
      ...p,
      issue: a?.issue ?? '',
      handling: a?.handling ?? '',
      value: p.default,
      overridden: false,
      affects_eligibility: false,
      changed_by: '',
      changed_at: null,
    };
  });
}

/** Shares are shown in per cent. */
export const isShare = (p: Parameter): boolean => p.type === 'number' && p.max === 1;
export function shown(p: Parameter, value: unknown): string {
  if (typeof value !== 'number') return '';
  return isShare(p) ? String(Math.round(value * 1e6) / 1e4) : String(value);
}
/** What was typed as a value, or null where it is none that the parameter takes. */
export function typed(p: Parameter, text: string): { value: number | null } | null {
  const trimmed = text.trim();
  if (trimmed === '') return p.optional ? { value: null } : null;
  const number = Number(trimmed);
  if (!Number.isFinite(number)) return null;
  if (p.type === 'integer' && !Number.isInteger(number)) return null;
  const value = isShare(p) ? number / 100 : number;
  if ((p.min !== undefined && value < p.min) || (p.max !== undefined && value > p.max)) return null;
  return { value };
}

interface Trying {
  /** By district. */
  drafts: Readonly<Record<string, Draft>>;
  setDraft: (district: string, draft: Draft | null) => void;
}
export const useTrying = create<Trying>()((set) => ({
  drafts: {},
  setDraft: (district, draft) =>
    set(({ drafts: { [district]: _, ...others } }) => ({
      drafts: draft ? { ...others, [district]: draft } : others,
    })),
}));
