import { describe, expect, it } from 'vitest';
import { everything, formatAddress, parseAddress, parseCoordinate, type View } from './address';

const view: View = {
  district: '310115',
  scenario: '7c6f1f0e',
  against: '7c6f1f0e@12',
  mode: 'zones',
  place: { lng: 121.50123, lat: 31.23856, zoom: 15.25 },
  selection: { kind: 'zone', code: '01a2023a-ae3f' },
  hidden: ['buildings', 'water'],
  shown: ['links'],
  proposal: '0198',
  run: '0199-run',
  tab: 'scorecard',
  aspect: 'gaps',
  earlier: '0198-run',
  siting: '0199-siting',
  batch: '0199-batch',
  year: 2027,
  programTab: 'months',
  planTab: 'made',
  inspecting: { id: '0199a1b2-0000-7000-8000-000000000001', step: 'crs' },
  sheet: { kind: 'project', code: '2026-ZH-003', part: 'works' },
  month: '2026-11',
  filter: { ...everything, q: '崂山 & 二村', eligibility: ['in', 'borderline'], yearTo: 1999 },
};
const split = (address: string): [string, string] => {
  const at = address.indexOf('?');
  return at < 0 ? [address, ''] : [address.slice(0, at), address.slice(at)];
};

describe('the address', () => {
  it('comes back as the view it was made of', () => {
    expect(parseAddress(...split(formatAddress(view)))).toEqual(view);
  });
  it('is short for a plain view', () => {
    expect(
      formatAddress({
        ...view,
        scenario: null,
        against: null,
        mode: 'registry',
        run: null,
        tab: 'runs',
        aspect: 'figures',
        earlier: null,
        siting: null,
        batch: null,
        proposal: null,
        year: null,
        programTab: 'board',
        planTab: 'package',
        inspecting: null,
        sheet: null,
        month: null,
        place: null,
        selection: null,
        hidden: [],
        shown: [],
        filter: everything,
      }),
    ).toBe('/d/310115/registry');
  });
  it.each([
    ['/people/accounts', ''],
    ['/d/abc/zones', ''],
    ['/', ''],
  ])('is no view: %s', (path, search) => {
    expect(parseAddress(path, search)).toBeNull();
  });
  it('ignores what makes no sense instead of failing', () => {
    const v = parseAddress('/d/310115/nowhere', '?at=1,2&select=thing:1&elig=in,maybe&from=abc&at2=');
    expect(v).toMatchObject({ mode: 'registry', place: null, selection: null });
    expect(v?.filter).toMatchObject({ eligibility: ['in'], yearFrom: null });
    expect(parseAddress('/d/310115', '?at=999,99,1')?.place).toBeNull();
  });
});

describe('a typed coordinate', () => {
  it.each<[string, [number, number]]>([
    ['106.92, 28.96', [106.92, 28.96]],
    ['106.92，28.96', [106.92, 28.96]],
    ['28.96 106.92', [106.92, 28.96]],
    ['28.96N 106.92E', [106.92, 28.96]],
    ['106.92°E, 28.96°N', [106.92, 28.96]],
    ['-0.1, 51.5', [-0.1, 51.5]],
  ])('%s', (text, expected) => {
    expect(parseCoordinate(text)).toEqual(expected);
  });
  it.each(['崂山二村', '12', '1 2 3', '200, 95', '2000年'])('is none: %s', (text) => {
    expect(parseCoordinate(text)).toBeNull();
  });
});
