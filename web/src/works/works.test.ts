import { describe, expect, test } from 'vitest';
import type { Works, WorksItem } from '../api/works';
import {
  amountOf,
  answered,
  draftOf,
  faultsOf,
  linesOf,
  same,
  sumsOf,
  withLine,
  withSplit,
  withSuggestions,
} from './draft';
import { readPrices } from './paste';
import { figure, sum, wan, yuan } from './sums';

const item = (no: number, more: Partial<WorksItem> = {}): WorksItem => ({
  no,
  name: `第${no}`,
  category: 'inside',
  category_name: '小区内',
  nature: 'basic',
  nature_name: '基础项',
  must: true,
  clause: '',
  content: '',
  standard: '',
  note: '',
  equals: [],
  suggested: false,
  evidence: [],
  price: null,
  lines: [],
  answered: false,
  amount_yuan: 0,
  ...more,
});
const community = (code: string) => ({
  code,
  name: code,
  households: 1,
  building_count: 1,
  floor_area_m2: 1,
});
const works = (...items: WorksItem[]): Works =>
  ({ items, communities: [community('A'), community('B')] }) as unknown as Works;

describe('sums', () => {
  test('add up to the fen', () => expect(sum([0.1, 0.2, 1e9])).toBe(1_000_000_000.3));
  test.each([
    ['', null],
    ['1,234.5', 1234.5],
    ['１２', undefined],
    ['-1', undefined],
    ['1e5', undefined],
    ['abc', undefined],
  ])('%j is read as %j', (text, value) => expect(figure(text)).toBe(value));
  test('read in yuan and 万元', () => {
    expect([yuan(1234.5), yuan(null), wan(484000), wan(999)]).toEqual([
      '1,234.5',
      '—',
      '48.40 万元',
      '999 元',
    ]);
  });
});

describe('the menu', () => {
  test('an answer brings the price of the book, and keeps what was typed', () => {
    const priced = item(1, { price: { item_no: 1, unit: '户', price_yuan: 3000, source: '' } });
    const [line] = draftOf(works(priced)).get(1) ?? [];
    if (!line) throw new Error('no line');
    expect(answered(line, 'do', priced)).toMatchObject({ unit: '户', price: '3000' });
    expect(answered({ ...line, price: '5' }, 'do', priced).price).toBe('5');
  });
  test('everything suggested goes on the list, and nothing that was answered changes', () => {
    const menu = works(item(1, { suggested: true }), item(2), item(3, { suggested: true }));
    const first = draftOf(menu);
    const [third] = first.get(3) ?? [];
    if (!third) throw new Error('no line');
    const next = withSuggestions(withLine(first, { ...third, answer: 'cannot', reason: '无场地' }), menu);
    expect(linesOf(next).map((l) => [l.item_no, l.answer])).toEqual([
      [1, 'do'],
      [3, 'cannot'],
    ]);
  });
  test('a line for the project becomes one for each community, and one again', () => {
    const menu = works(item(1));
    const split = withSplit(draftOf(menu), menu, 1);
    expect(split.get(1)?.map((l) => l.community)).toEqual(['A', 'B']);
    expect(
      withSplit(split, menu, 1)
        .get(1)
        ?.map((l) => l.community),
    ).toEqual(['']);
  });
  test('sums follow what is typed', () => {
    const menu = works(item(1), item(2, { nature: 'extra', must: false }));
    let draft = draftOf(menu);
    for (const no of [1, 2]) {
      const [line] = draft.get(no) ?? [];
      if (line)
        draft = withLine(draft, { ...line, answer: 'do', quantity: '3', price: no === 1 ? '0.1' : '' });
    }
    const sums = sumsOf(menu, draft);
    expect(sums).toMatchObject({ cost: 0.3, unpriced: 1, must: 1, mustAnswered: 1 });
    expect(sums.byNature.get('extra')).toEqual({ done: 1, amount: 0 });
    expect(same(draft, draftOf(menu))).toBe(false);
  });
  test('what cannot be is marked', () => {
    const line = { no: 1, community: '', reason: '', quantity: 'x', unit: '', price: '-1', note: '' };
    expect(faultsOf(new Map([[1, [{ ...line, answer: 'do' as const }]]])).map((f) => f.field)).toEqual([
      'quantity',
      'price',
    ]);
    expect(faultsOf(new Map([[1, [{ ...line, answer: 'cannot' as const }]]])).map((f) => f.field)).toEqual([
      'reason',
    ]);
    expect(amountOf({ ...line, answer: 'do' })).toBeNull();
  });
});

describe('pasted prices', () => {
  const items = [
    { no: 1, name: '供水管网改造' },
    { no: 2, name: '供电管网改造' },
  ];
  test('come by number or name, with a heading above', () => {
    expect(
      readPrices('序号\t单位\t单价\t来源\n1\t户\t3,000\t造价信息\n供电管网改造\t户\t2500元\n', items),
    ).toEqual({
      prices: [
        { item_no: 1, unit: '户', price_yuan: 3000, source: '造价信息' },
        { item_no: 2, unit: '户', price_yuan: 2500, source: '' },
      ],
      faults: [],
    });
  });
  test('come with number and name', () =>
    expect(readPrices('1,供水管网改造,户,3000', items).prices).toEqual([
      { item_no: 1, unit: '户', price_yuan: 3000, source: '' },
    ]));
  test('are refused row by row', () => {
    const { prices, faults } = readPrices('1\t户\t100\n9\t户\t1\n2\t\t1\n2\t户\t免费\n1\t户\t2', items);
    expect(prices).toHaveLength(1);
    expect(faults.map((f) => [f.row, f.why])).toEqual([
      [2, 'item'],
      [3, 'unit'],
      [4, 'price'],
      [5, 'twice'],
    ]);
  });
});
