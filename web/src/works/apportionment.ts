// How the residents' part is split, as it is typed: counts of households only.
import type { Apportionment, ApportionPart, Money } from '../api/works';
import { figure, typed } from './sums';

export interface GroupDraft {
  name: string;
  households: string;
  area: string;
  coefficient: string;
  low: string;
  need: string;
}
export interface PartDraft {
  name: string;
  basis: ApportionPart['basis'];
  amount: string;
  groups: readonly GroupDraft[];
  /** Percent of what others pay. */
  lowPays: string;
  needPays: string;
  reliefBy: ApportionPart['relief_by'];
}

export const partsOf = (a: Apportionment | null): PartDraft[] =>
  (a?.parts ?? []).map((p) => ({
    name: p.name,
    basis: p.basis,
    amount: typed(p.amount_yuan),
    lowPays: typed(Math.round(p.low_income_pays * 1e4) / 100),
    needPays: typed(Math.round(p.destitute_pays * 1e4) / 100),
    reliefBy: p.relief_by,
    groups: p.groups.map((g) => ({
      name: g.name,
      households: typed(g.households),
      area: typed(g.floor_area_m2),
      coefficient: typed(g.coefficient ?? (p.basis === 'floor' ? 0 : undefined)),
      low: typed(g.low_income || undefined),
      need: typed(g.destitute || undefined),
    })),
  }));

/** What is typed as figures; null while one is none. An empty field is 0. */
export function readParts(parts: readonly PartDraft[]): Apportionment | null {
  let whole = true;
  const read = (text: string, integer = false): number => {
    const value = figure(text);
    if (value === undefined || (integer && value !== null && !Number.isInteger(value))) whole = false;
    return value ?? 0;
  };
  const out: Apportionment = {
    parts: parts.map((p) => ({
      name: p.name,
      basis: p.basis,
      amount_yuan: read(p.amount),
      low_income_pays: read(p.lowPays) / 100,
      destitute_pays: read(p.needPays) / 100,
      relief_by: p.reliefBy,
      groups: p.groups.map((g) => ({
        name: g.name,
        households: read(g.households, true),
        floor_area_m2: read(g.area),
        coefficient: read(g.coefficient),
        low_income: read(g.low, true),
        destitute: read(g.need, true),
      })),
    })),
  };
  if (out.parts.some((p) => p.low_income_pays > 1 || p.destitute_pays > 1)) return null;
  return whole ? out : null;
}

const group = (name: string, more: Partial<GroupDraft> = {}): GroupDraft => ({
  name,
  households: '',
  area: '',
  coefficient: '',
  low: '',
  need: '',
  ...more,
});
const part = (name: string, basis: PartDraft['basis'], amount: string, groups: GroupDraft[]): PartDraft => ({
  name,
  basis,
  amount,
  groups,
  lowPays: '0',
  needPays: '0',
  reliefBy: 'others',
});

/** The starting value of a floor's coefficient: nothing on the first, half on the second, the third is the measure. */
export const coefficientOf = (floor: number): number =>
  floor === 1 ? 0 : floor === 2 ? 0.5 : Math.round((1 + (floor - 3) * 0.2) * 10) / 10;

export const liftPart = (
  name: string,
  floors: number,
  perFloor: number,
  floorName: (n: number) => string,
): PartDraft =>
  part(
    name,
    'floor',
    '',
    Array.from({ length: floors }, (_, i) =>
      group(floorName(i + 1), { households: String(perFloor), coefficient: String(coefficientOf(i + 1)) }),
    ),
  );

/** A part over the communities of the project. */
export const communityPart = (
  name: string,
  basis: 'household' | 'area',
  communities: Money['communities'],
): PartDraft =>
  part(
    name,
    basis,
    '',
    communities.map((c) =>
      group(c.name, { households: String(c.households), area: String(Math.round(c.floor_area_m2)) }),
    ),
  );
