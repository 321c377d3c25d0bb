import { expect, it } from 'vitest';
import type { RowProperties, StagedRow } from '../api/inspections';
import { kindOfRow, rowShapes } from './rowLayers';

const row = (
  n: number,
  change: Partial<RowProperties> = {},
  geometry: StagedRow['geometry'] = { type: 'Point', coordinates: [1, 2] },
): StagedRow => ({
  type: 'Feature',
  id: n,
  geometry,
  properties: {
    row: n,
    name: '',
    code: '',
    cells: {},
    fault: '',
    outside: false,
    repairs: [],
    match_code: '',
    match_name: '',
    match_how: '',
    match_share: 0,
    action: 'insert',
    given: null,
    ...change,
  },
});

it('a refusal outweighs a duplicate', () => {
  expect(kindOfRow(row(1))).toBe('fine');
  expect(kindOfRow(row(1, { match_how: 'code', action: 'skip' }))).toBe('duplicate');
  expect(kindOfRow(row(1, { match_how: 'code', fault: '自相交' }))).toBe('faulty');
  expect(kindOfRow(row(1, { outside: true }))).toBe('faulty');
});

it('rows that were moved are shown in both places where that is wanted', () => {
  const moved = row(2, { given: { type: 'Point', coordinates: [3, 4] } });
  expect(
    rowShapes([row(1), moved], 2, true).features.map((f) => [f.properties?.kind, f.properties?.pointed]),
  ).toEqual([
    ['fine', false],
    ['given', true],
    ['fine', true],
  ]);
  expect(rowShapes([moved], null, false).features).toHaveLength(1);
});

it('a row whose shape cannot be mended is shown where the file has it, and one without a place not at all', () => {
  const broken = row(3, { fault: 'x', given: { type: 'Point', coordinates: [3, 4] } }, null);
  expect(rowShapes([broken], null, true).features.map((f) => f.properties?.kind)).toEqual(['given']);
  expect(rowShapes([broken], null, false).features.map((f) => f.properties?.kind)).toEqual(['faulty']);
  expect(rowShapes([row(4, {}, null)], null, true).features).toEqual([]);
});
