import { describe, expect, it } from 'vitest';
import type { Diagnosis, LayerDiagnosis, OpenQuestion, Shift } from '../api/inspections';
import {
  accepted,
  allAccepted,
  decided,
  firstLayer,
  holdsPlaces,
  mapped,
  marks,
  rowDecided,
  stepFor,
  waysOf,
} from './decisions';

const layer = (change: Partial<LayerDiagnosis> = {}): LayerDiagnosis => ({
  name: '楼栋',
  shape: 'area',
  rows: 3,
  bound: null,
  encoding: 'GB18030',
  target: { layer: 'buildings', sure: true, reason: '', decided: false },
  columns: null,
  fields: [],
  choices: [],
  crs: {
    declared: '',
    chosen: 'EPSG:4545',
    axes: 'yx',
    unit: 'mm',
    sure: false,
    decided: false,
    reason: '',
    candidates: [{ crs: 'EPSG:4545', name: '', axes: 'yx', unit: 'mm', inside: 1 }],
  },
  shift: null,
  geometry: [],
  duplicates: {
    by_code: 0,
    by_overlap: 0,
    by_name: 0,
    in_file: 0,
    same: 0,
    chosen: '',
    decided: false,
    examples: [],
  },
  outside: { count: 0, rows: [], margin_m: 0, farthest_m: 0 },
  values: [],
  value_count: 0,
  area_unit: null,
  refused: [],
  tally: { insert: 3, update: 0, skip: 0, refuse: 0 },
  ...change,
});
const ask = (kind: OpenQuestion['kind'], proposed: string): OpenQuestion => ({
  kind,
  layer: '楼栋',
  text: '',
  proposed,
});
const diagnosis = (questions: OpenQuestion[], layers = [layer()]): Diagnosis => ({
  format: 'shapefile',
  rows: 3,
  encoding: '',
  findings: [],
  layers,
  questions,
  ready: questions.length === 0,
  path: '',
  proposal: {},
});

describe('decisions', () => {
  it('of a layer change without touching others', () => {
    const one = decided({ encoding: 'GB18030' }, 'a', { crs: 'EPSG:4545' });
    const two = decided(decided(one, 'b', { target: 'roads' }), 'a', { datum: 'gcj02' });
    expect(two).toEqual({
      encoding: 'GB18030',
      layers: [
        { layer: 'a', crs: 'EPSG:4545', datum: 'gcj02' },
        { layer: 'b', target: 'roads' },
      ],
    });
  });
  it('of fields and rows add up; a row can go back to what its layer has', () => {
    const fields = mapped(mapped({}, 'a', 'MC', 'name'), 'a', 'BZ', '');
    expect(fields.layers?.[0]?.fields).toEqual({ MC: 'name', BZ: '' });
    const rows = rowDecided(rowDecided({}, 'a', 7, 'skip'), 'a', 9, 'new');
    expect(rowDecided(rows, 'a', 7, '').layers?.[0]?.rows).toEqual({ '9': 'new' });
  });
});

describe('proposals', () => {
  it('of a system bring the axes and the unit they were found with', () => {
    expect(accepted({}, ask('crs', 'EPSG:4545'), [layer()])?.layers).toEqual([
      { layer: '楼栋', crs: 'EPSG:4545', axes: 'yx', unit: 'mm' },
    ]);
  });
  it('of a shift bring the measured offset only where it is one', () => {
    const shift: Shift = {
      against: 'buildings',
      compared: 9,
      hypotheses: [],
      proposed: 'offset',
      offset: [3, -4],
      clear: true,
      before: 5,
      after: 0.1,
      reason: '',
      decided: false,
    };
    const shifted = [layer({ shift })];
    expect(accepted({}, ask('datum', 'offset'), shifted)?.layers?.[0]).toMatchObject({ offset: [3, -4] });
    expect(accepted({}, ask('datum', 'gcj02'), shifted)?.layers?.[0]).toMatchObject({
      datum: 'gcj02',
      offset: undefined,
    });
  });
  it('are taken all at once; what has none stays open', () => {
    const d = diagnosis([ask('repairs', 'accept'), ask('type', ''), ask('duplicates', 'update')]);
    expect(allAccepted({}, d)).toEqual({
      layers: [{ layer: '楼栋', repairs: 'accept', duplicates: 'update' }],
    });
    expect(accepted({}, ask('type', ''), [])).toBeNull();
  });
});

describe('steps', () => {
  it('say where something is asked, where something was found, and where all is well', () => {
    const faulty = layer({
      geometry: [
        { kind: 'unclosed', detail: '', severity: 'warning', repair: '', count: 1, area_before: 0, area_after: 0, examples: [] },
      ],
      tally: { insert: 2, update: 0, skip: 0, refuse: 1 },
    });
    expect(marks(diagnosis([ask('datum', 'gcj02')], [faulty]))).toEqual({
      file: 'fine',
      crs: 'ask',
      fields: 'fine',
      geometry: 'warn',
      duplicates: 'fine',
      confirm: 'warn',
    });
  });
  it('leave out layers that are not imported', () => {
    const out = layer({
      target: { layer: 'none', sure: true, reason: '', decided: true },
      tally: { insert: 0, update: 0, skip: 0, refuse: 9 },
    });
    expect(marks(diagnosis([], [out])).confirm).toBe('fine');
  });
  it('know their questions', () => {
    expect((['target', 'datum', 'area_unit', 'repairs'] as const).map((k) => stepFor(ask(k, '')))).toEqual([
      'file',
      'crs',
      'fields',
      'geometry',
    ]);
  });
  it('begin with the layer that is asked about, else one that goes somewhere', () => {
    const none = layer({ name: '图框', target: { layer: 'none', sure: true, reason: '', decided: false } });
    expect(firstLayer(diagnosis([], [none, layer()]))).toBe('楼栋');
    expect(firstLayer(diagnosis([{ ...ask('crs', ''), layer: '图框' }], [layer(), none]))).toBe('图框');
    expect(firstLayer(diagnosis([], []))).toBe('');
  });
});

describe('the way a file comes in', () => {
  it('follows from its name', () => {
    expect(waysOf('a.osm.pbf')).toEqual(['direct']);
    expect(waysOf('N28E106.hgt.zip')).toEqual(['direct']);
    expect(waysOf('台账.XLSX')[0]).toBe('direct');
    expect(waysOf('楼栋.geojson')[0]).toBe('inspect');
    for (const name of ['a.zip', 'a.gpkg', 'a.kmz', 'a.dxf', 'a.fgb'])
      expect(waysOf(name)).toEqual(['inspect']);
  });
  it('is to be looked into where a table speaks of places', () => {
    expect(holdsPlaces('\uFEFF名称,经度,纬度\n')).toBe(true);
    expect(holdsPlaces('name\tX\tY')).toBe(true);
    expect(holdsPlaces('小区名称,经度,纬度')).toBe(false);
    expect(holdsPlaces('序号,颜色\n1,红')).toBe(false);
  });
});
