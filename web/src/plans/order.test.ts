import { describe, expect, it } from 'vitest';
import { adopted, asks, orderFault, orderOf, toggled, usual } from './order';

const plain = usual('EPSG:4545');

describe('an order', () => {
  it('keeps the order of its parts', () => {
    const without = toggled(plain, 'forms');
    expect(without.parts).not.toContain('forms');
    expect(toggled(without, 'forms').parts).toEqual(plain.parts);
  });
  it('is refused without parts, or with a system that nobody can read', () => {
    expect(orderFault(plain)).toBeNull();
    expect(orderFault({ ...plain, parts: [] })).toBe('parts');
    expect(orderFault({ ...plain, crs: 'gk:cm=NaN,fe=0,prefix=0' })).toBe('crs');
    expect(orderFault({ ...plain, month: '2026-13' })).toBe('month');
  });
  it('asks only for what its parts take notice of', () => {
    const paper = { ...plain, parts: ['atlas' as const] };
    expect([asks.paper(paper), asks.crs(paper), asks.encoding(paper)]).toEqual([true, false, false]);
    const files = { ...plain, parts: ['geopackage' as const] };
    expect([asks.paper(files), asks.crs(files), asks.encoding(files)]).toEqual([false, true, false]);
    expect(asks.encoding({ ...plain, parts: ['csv'] })).toBe(true);
  });
});

describe('a remembered order', () => {
  it('is the one that was sent, but for its month', () => {
    const sent = { ...plain, title: '崂山片区', paper: 'A1' as const, grey: true, month: '2026-10' };
    expect(adopted(plain, JSON.parse(JSON.stringify(sent)))).toEqual({ ...sent, month: '' });
  });
  it('leaves out what makes no sense any more', () => {
    const odd = { parts: ['atlas', 'papyrus'], paper: 'A0', crs: 'EPSG:1', encoding: 7, title: 3 };
    expect(adopted(plain, odd)).toEqual({ ...plain, parts: ['atlas'] });
    expect(adopted(plain, { parts: [] })).toEqual(plain);
  });
});

describe('what is sent', () => {
  it('holds the zones in the order of the list and leaves out what nobody set', () => {
    const order = orderOf({ ...plain, parts: ['atlas'], reviewer: ' 李工 ' }, null, [
      { code: 'b' },
      { code: 'a' },
    ]);
    expect(JSON.parse(JSON.stringify(order))).toEqual({
      zones: ['b', 'a'],
      parts: ['atlas'],
      atlas: { paper: 'A3', reviewer: '李工' },
    });
  });
  it('says the system and the encoding of files', () => {
    const order = orderOf({ ...plain, parts: ['csv'], encoding: 'gbk' }, 'main', [{ code: 'a' }]);
    expect(JSON.parse(JSON.stringify(order))).toEqual({
      scenario: 'main',
      zones: ['a'],
      parts: ['csv'],
      crs: 'EPSG:4545',
      encoding: 'gbk',
    });
  });
});
