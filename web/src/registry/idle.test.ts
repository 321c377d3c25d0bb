import { expect, it } from 'vitest';
import type { IdleBuilding } from '../api/nouns';
import { backOf, changeOf } from './idle';

const boiler: IdleBuilding = {
  code: 'I1',
  name: '旧锅炉房',
  address: '煤建一村内',
  subdistrict_code: '500110001',
  floor_area_m2: 320.5,
  storeys: null,
  owner_kind: 'state',
  use_before: '锅炉房',
  available_from: '2026-05-01',
  remark: '',
  footprint_m2: null,
  location: [106.9, 28.95],
  bbox: null,
  generated: [],
  source: '测试',
  version: 3,
  updated_at: '2026-11-01T00:00:00Z',
};

it.each([
  ['nothing typed', {}, {}, []],
  ['typed as it was', { name: '旧锅炉房', floor_area_m2: '320.5' }, {}, []],
  ['a number with marks', { floor_area_m2: '1,320.5' }, { floor_area_m2: 1320.5 }, []],
  [
    'emptied',
    { floor_area_m2: '', available_from: '', remark: '' },
    { floor_area_m2: null, available_from: null },
    [],
  ],
  ['no numbers', { floor_area_m2: 'x', storeys: '1.5' }, {}, ['floor_area_m2', 'storeys']],
  ['no storeys', { storeys: '0' }, {}, ['storeys']],
  ['owner unknown', { owner_kind: '' }, { owner_kind: '' }, []],
] as const)('%s: only what differs is sent', (_, typed, change, wrong) => {
  expect(changeOf(boiler, typed)).toEqual({ change, wrong });
});

it('a change is taken back field by field', () => {
  expect(backOf(boiler, { storeys: 2, name: '新名' })).toEqual({ storeys: null, name: '旧锅炉房' });
});
