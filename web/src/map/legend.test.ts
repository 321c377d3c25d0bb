import type { LayerSpecification } from 'maplibre-gl';
import { describe, expect, it } from 'vitest';
import { colours, legendOf } from './legend';

const communities: LayerSpecification = {
  id: 'communities-fill',
  type: 'fill',
  source: 'register',
  'source-layer': 'communities',
  minzoom: 11,
  paint: {
    'fill-color': [
      'match',
      ['get', 'eligibility'],
      'in',
      '#00f',
      'borderline',
      '#fa0',
      'out',
      '#999',
      '#999',
    ],
    'fill-opacity': ['interpolate', ['linear'], ['zoom'], 11, 0.6, 15, 0.2],
  },
};
const line: LayerSpecification = {
  id: 'communities-line',
  type: 'line',
  source: 'register',
  'source-layer': 'communities',
  paint: { 'line-color': '#123' },
};

describe('the legend', () => {
  it('lists each value with its colour as the map shows it at this zoom', () => {
    const [entry] = legendOf([communities, line], 13, []);
    expect(entry?.swatches.map((s) => s.when?.value)).toEqual(['in', 'borderline', 'out']);
    expect(entry?.swatches[0]).toMatchObject({
      colour: 'color-mix(in srgb, #00f 40%, transparent)',
      outline: '#123',
    });
  });
  it('leaves out what is hidden, too far out or switched off', () => {
    expect(legendOf([communities], 13, ['communities'])).toEqual([]);
    expect(legendOf([communities], 9, [])).toEqual([]);
    expect(
      legendOf([{ ...communities, layout: { visibility: 'none' } } as LayerSpecification], 13, []),
    ).toEqual([]);
  });
  it('does not list the marks that the app draws itself', () => {
    expect(legendOf([{ ...line, id: 'lp-mark-communities' } as LayerSpecification], 13, [])).toEqual([]);
  });
});

describe('colours of an expression', () => {
  it('follow the zoom', () => {
    const e = ['interpolate', ['linear'], ['zoom'], 10, '#111', 15, '#222'];
    expect(colours(e, 9)).toEqual([{ colour: '#111', when: null }]);
    expect(colours(e, 16)).toEqual([{ colour: '#222', when: null }]);
  });
  it('read the steps of a property as ranges', () => {
    const e = ['step', ['coalesce', ['get', 'storeys'], 0], '#000', 1, '#111', 7, '#222'];
    expect(colours(e, 15).map((c) => [c.when?.value, c.colour])).toEqual([
      ['1+', '#111'],
      ['7+', '#222'],
    ]);
  });
  it('read a case and pass over feature state', () => {
    const e = [
      'case',
      ['boolean', ['feature-state', 'hover'], false],
      '#f00',
      ['==', ['get', 'covered'], true],
      '#00f',
      '#fa0',
    ];
    expect(colours(e, 15)).toEqual([
      { colour: '#00f', when: { property: 'covered', value: 'true' } },
      { colour: '#fa0', when: null },
    ]);
  });
});
