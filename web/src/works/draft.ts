// The answers that a person is writing: lines of the menu as text, what is wrong
// with them, and what they add up to.
import type { Works, WorksItem, WorksLineDraft } from '../api/works';
import { fen, figure, typed } from './sums';

export type Answer = 'do' | 'not_needed' | 'cannot' | '';

export interface Line {
  no: number;
  /** Code of a community; "" is the project as a whole. */
  community: string;
  answer: Answer;
  reason: string;
  quantity: string;
  unit: string;
  price: string;
  note: string;
}
/** Lines by item; an item has one line for the project, or one for each community. */
export type Draft = ReadonlyMap<number, readonly Line[]>;

const blank = (no: number, community: string): Line => ({
  no,
  community,
  answer: '',
  reason: '',
  quantity: '',
  unit: '',
  price: '',
  note: '',
});

export function draftOf(works: Works): Draft {
  return new Map(
    works.items.map((item): [number, readonly Line[]] => {
      const lines = item.lines.map(
        (l): Line => ({
          no: item.no,
          community: l.community_code ?? '',
          answer: l.answer,
          reason: l.reason ?? '',
          quantity: typed(l.quantity),
          unit: l.unit ?? '',
          price: typed(l.price_yuan),
          note: l.note ?? '',
        }),
      );
      if (lines.length === 0) return [item.no, [blank(item.no, '')]];
      if (lines.some((l) => l.community === '')) return [item.no, lines];
      return [item.no, complete(item.no, works, lines)];
    }),
  );
}

/** One line for each community, in their order. */
const complete = (no: number, works: Works, lines: readonly Line[]): Line[] =>
  works.communities.map((c) => lines.find((l) => l.community === c.code) ?? blank(no, c.code));

export const withLine = (draft: Draft, line: Line): Draft =>
  new Map(draft).set(
    line.no,
    (draft.get(line.no) ?? []).map((l) => (l.community === line.community ? line : l)),
  );

/** From one line for the project to one for each community, and back. */
export function withSplit(draft: Draft, works: Works, no: number): Draft {
  const lines = draft.get(no) ?? [];
  const first = lines[0] ?? blank(no, '');
  const split = first.community === '';
  return new Map(draft).set(
    no,
    split
      ? works.communities.map((c) => ({ ...first, community: c.code, quantity: '' }))
      : [{ ...first, community: '', quantity: '' }],
  );
}

/** An answer brings the price book's price where none is typed. */
export function answered(line: Line, answer: Answer, item: WorksItem): Line {
  const next = { ...line, answer };
  if (answer === 'do' && item.price) {
    if (next.unit === '') next.unit = item.price.unit;
    if (next.price === '') next.price = String(item.price.price_yuan);
  }
  return next;
}

/** Puts everything that something speaks for and nobody has answered on the list. */
export function withSuggestions(draft: Draft, works: Works): Draft {
  const next = new Map(draft);
  for (const item of works.items) {
    if (!item.suggested) continue;
    next.set(
      item.no,
      (draft.get(item.no) ?? []).map((l) => (l.answer === '' ? answered(l, 'do', item) : l)),
    );
  }
  return next;
}

export interface Fault {
  no: number;
  community: string;
  field: 'quantity' | 'price' | 'reason';
}
export function faultsOf(draft: Draft): Fault[] {
  const faults: Fault[] = [];
  for (const lines of draft.values())
    for (const l of lines) {
      const at = { no: l.no, community: l.community };
      if (l.answer === 'do' && figure(l.quantity) === undefined) faults.push({ ...at, field: 'quantity' });
      if (l.answer === 'do' && figure(l.price) === undefined) faults.push({ ...at, field: 'price' });
      if ((l.answer === 'not_needed' || l.answer === 'cannot') && l.reason.trim() === '')
        faults.push({ ...at, field: 'reason' });
    }
  return faults;
}

/** What is sent: lines that have an answer. */
export function linesOf(draft: Draft): WorksLineDraft[] {
  return [...draft.values()].flat().flatMap((l): WorksLineDraft[] => {
    if (l.answer === '') return [];
    const base = { item_no: l.no, community_code: l.community, answer: l.answer, note: l.note.trim() };
    if (l.answer !== 'do') return [{ ...base, reason: l.reason.trim() }];
    return [
      {
        ...base,
        quantity: figure(l.quantity) ?? null,
        unit: l.unit.trim(),
        price_yuan: figure(l.price) ?? null,
      },
    ];
  });
}

export const same = (a: Draft, b: Draft): boolean =>
  JSON.stringify(linesOf(a)) === JSON.stringify(linesOf(b));

/** Yuan of a line; null where a figure is missing. */
export function amountOf(l: Line): number | null {
  if (l.answer !== 'do') return null;
  const quantity = figure(l.quantity);
  const price = figure(l.price);
  return typeof quantity === 'number' && typeof price === 'number' ? fen(quantity * price) / 100 : null;
}
export const amountOfItem = (lines: readonly Line[]): number =>
  lines.reduce((all, l) => all + fen(amountOf(l) ?? 0), 0) / 100;

export const isAnswered = (lines: readonly Line[]): boolean =>
  lines.length > 0 && lines.every((l) => l.answer !== '');
export const isDone = (lines: readonly Line[]): boolean => lines.some((l) => l.answer === 'do');

export interface Sums {
  cost: number;
  unpriced: number;
  must: number;
  mustAnswered: number;
  byCategory: Map<string, { done: number; amount: number }>;
  byNature: Map<string, { done: number; amount: number }>;
}
export function sumsOf(works: Works, draft: Draft): Sums {
  const sums: Sums = {
    cost: 0,
    unpriced: 0,
    must: 0,
    mustAnswered: 0,
    byCategory: new Map(),
    byNature: new Map(),
  };
  for (const item of works.items) {
    const lines = draft.get(item.no) ?? [];
    const amount = amountOfItem(lines);
    sums.cost = (fen(sums.cost) + fen(amount)) / 100;
    sums.unpriced += lines.filter((l) => l.answer === 'do' && amountOf(l) === null).length;
    if (item.must) {
      sums.must += 1;
      if (isAnswered(lines)) sums.mustAnswered += 1;
    }
    for (const [of, key] of [
      [sums.byCategory, item.category],
      [sums.byNature, item.nature],
    ] as const) {
      const had = of.get(key) ?? { done: 0, amount: 0 };
      of.set(key, {
        done: had.done + (isDone(lines) ? 1 : 0),
        amount: (fen(had.amount) + fen(amount)) / 100,
      });
    }
  }
  return sums;
}
