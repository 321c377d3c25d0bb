import { describe, expect, it } from 'vitest';
import { fields, parse, toText } from './fields';

const field = (key: string) => {
  const def = fields.find((f) => f.key === key);
  if (!def) throw new Error(key);
  return def;
};

describe('what a person types', () => {
  it.each([
    ['households', '1,124', 1124],
    ['households', '', null],
    ['floor_area_m2', '63212.5', 63212.5],
    ['built_year', '1998', 1998],
    ['neglected', 'true', true],
    ['neglected', '', null],
    ['municipal_missing', '供电管网、供气管网', ['供电管网', '供气管网']],
    ['municipal_missing', '无', []],
    ['municipal_missing', '', null],
    ['prior_works', '', null],
    ['management_mode', '', ''],
    ['name', ' 崂山二村 ', '崂山二村'],
  ])('%s: %s', (key, text, value) => {
    expect(parse(field(key), text)).toEqual({ value });
  });
  it.each([
    ['households', '很多', 'invalidNumber'],
    ['households', '-3', 'invalidNumber'],
    ['households', '1.5', 'invalidNumber'],
    ['built_year', '1890', 'invalidYear'],
    ['name', '  ', 'nameNeeded'],
  ])('%s: %s is refused', (key, text, fault) => {
    expect(parse(field(key), text)).toEqual({ fault });
  });
  it('comes back the same from the form, unknown as unknown and none as none', () => {
    for (const value of [null, [], ['供水']]) {
      expect(parse(field('service_missing'), toText(field('service_missing'), value))).toEqual({ value });
    }
  });
});
