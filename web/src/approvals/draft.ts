// What is typed about a project's approval, as text, and what it comes to.
import type { ApprovalInput, Inputs } from '../api/approvals';

/** A figure as typed, yes | no | '' for a question, a choice or '', a set or null where nothing was said. */
export type Value = string | readonly string[] | null;
export type Draft = Readonly<Record<string, Value>>;
/** The day of the start is as typed, too. */
export interface Typed {
  draft: Draft;
  start: string;
}

export function draftOf(asked: readonly ApprovalInput[], inputs: Inputs): Draft {
  const draft: Record<string, Value> = {};
  for (const input of asked) draft[input.key] = typedOf(input, inputs[input.key]);
  return draft;
}

function typedOf(input: ApprovalInput, value: unknown): Value {
  switch (input.type) {
    case 'number':
      return typeof value === 'number' ? String(value) : '';
    case 'boolean':
      return value === true ? 'yes' : value === false ? 'no' : '';
    case 'set':
      return Array.isArray(value) ? value.map(String) : null;
    default:
      return typeof value === 'string' ? value : '';
  }
}

export type Fault = 'notNumber' | 'negative';
export interface Read {
  inputs: Inputs;
  /** By the keys of the figures that are none. */
  faults: Readonly<Record<string, Fault>>;
}

/** Whether the question is there at all: some come only after the answer to another. */
export const arises = ({ only_if }: ApprovalInput, draft: Draft): boolean =>
  !only_if || draft[only_if.input] === (only_if.value ? 'yes' : 'no');

/** What the draft says; what is not known is left out. */
export function readDraft(asked: readonly ApprovalInput[], draft: Draft): Read {
  const inputs: Inputs = {};
  const faults: Record<string, Fault> = {};
  for (const input of asked) {
    const { key, type } = input;
    const value = draft[key] ?? null;
    if (!arises(input, draft) || value === null || value === '') continue;
    if (type === 'number') {
      const n = figure(String(value));
      if (!Number.isFinite(n)) faults[key] = 'notNumber';
      else if (n < 0) faults[key] = 'negative';
      else inputs[key] = n;
    } else if (type === 'boolean') inputs[key] = value === 'yes';
    else inputs[key] = value;
  }
  return { inputs, faults };
}

/** Full-width digits and commas are figures too. */
function figure(text: string): number {
  const plain = text
    .replace(/[０-９．]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[,，\s]/g, '');
  return plain === '' ? Number.NaN : Number(plain);
}

export const sameDraft = (a: Draft, b: Draft) => JSON.stringify(a) === JSON.stringify(b);

/** Puts a value into a set or takes it out; nothing is left of “none of these” then. */
export function toggled(set: Value, value: string, order: readonly string[]): readonly string[] {
  const had = Array.isArray(set) ? set : [];
  const now = had.includes(value) ? had.filter((v) => v !== value) : [...had, value];
  return order.filter((v) => now.includes(v));
}
