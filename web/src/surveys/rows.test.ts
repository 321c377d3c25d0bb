import { expect, test } from 'vitest';
import type { SurveyCount } from '../api/surveys';
import { countsOf, faultOf, joinRows, numberOf, rowsOf, same, shareOf, splitRow } from './rows';

const count = (part: Partial<SurveyCount>): SurveyCount => ({
  building_code: 'b1',
  building_name: '2幢',
  stairwell: '',
  households: 61,
  floor_area_m2: 4880.5,
  asked: 0,
  agreed: 0,
  disagreed: 0,
  agreed_area_m2: 0,
  masked: false,
  ...part,
});

test('an untouched survey is sent back as it came', () => {
  const rows = rowsOf([count({ asked: 30, agreed: 20, agreed_area_m2: 1600 })]);
  expect(countsOf(rows)).toEqual([
    {
      building_code: 'b1',
      stairwell: '',
      households: 61,
      floor_area_m2: 4880.5,
      asked: 30,
      agreed: 20,
      disagreed: 0,
      agreed_area_m2: 1600,
    },
  ]);
  expect(same(rows, rowsOf([count({ asked: 30, agreed: 20, agreed_area_m2: 1600 })]))).toBe(true);
});

test('an empty area is not known, an empty count is none', () => {
  const [row] = rowsOf([count({ floor_area_m2: null, agreed_area_m2: null })]);
  const [sent] = countsOf(row ? [row] : []) ?? [];
  expect(sent).not.toHaveProperty('floor_area_m2');
  expect(sent).not.toHaveProperty('agreed_area_m2');
  expect(sent?.asked).toBe(0);
});

test.each([
  ['12', false, 12],
  ['1,200', false, 1200],
  ['', false, undefined],
  ['-1', false, null],
  ['1.5', false, null],
  ['1.5', true, 1.5],
  ['十', true, null],
  ['1e3', true, null],
])('%s reads as it should', (text, area, want) => {
  expect(numberOf(text, area)).toBe(want);
});

test('nothing is sent while a cell holds no number', () => {
  const rows = rowsOf([count({})]).map((r) => ({ ...r, text: { ...r.text, agreed: 'x' } }));
  expect(countsOf(rows)).toBeNull();
});

test('stairwells hold every household and square metre of their building, and join to it again', () => {
  const [row] = rowsOf([count({})]);
  if (!row) throw new Error('no row');
  const parts = splitRow(row, 4, (i) => `${i}单元`);
  expect(parts.map((p) => p.text.households)).toEqual(['15', '16', '15', '15']);
  expect(parts.map((p) => p.stairwell)).toEqual(['1单元', '2单元', '3单元', '4单元']);
  const joined = joinRows(parts.map((p, i) => ({ ...p, text: { ...p.text, asked: String(i) } })));
  expect(joined?.text).toMatchObject({ households: '61', floor_area_m2: '4880.5', asked: '6', agreed: '' });
});

test('a refusal finds its cell', () => {
  expect(faultOf('body.counts[3].agreed', 'x')).toEqual({ row: 3, field: 'agreed', message: 'x' });
  expect(faultOf('body.note', 'x')).toBeNull();
});

test('a share is that of the households', () => {
  const [row] = rowsOf([count({ households: 50, asked: 40, agreed: 25 })]);
  expect(row && shareOf(row)).toBe(0.5);
  expect(row && shareOf({ ...row, text: { ...row.text, households: '0' } })).toBeNull();
});
