import { describe, expect, it } from 'vitest';
import { customCode, degrees, isCrs, meridians, zoneCode, zoneFault, zoneOf } from './crs';

describe('codes of zones', () => {
  it('are those of the registry', () => {
    expect(zoneCode(105, false)).toBe('EPSG:4544');
    expect(zoneCode(108, false)).toBe('EPSG:4545');
    expect(zoneCode(108, true)).toBe('EPSG:4524');
    expect(zoneCode(75, true)).toBe('EPSG:4513');
    expect(zoneCode(135, false)).toBe('EPSG:4554');
    expect(zoneCode(107.5, false)).toBeNull();
  });
  it('come back as the zone they were made of', () => {
    for (const meridian of meridians)
      for (const numbered of [true, false])
        expect(zoneOf(zoneCode(meridian, numbered) ?? '')).toEqual({
          meridian,
          falseEasting: 500_000,
          prefix: numbered ? meridian / 3 : 0,
        });
  });
  it('say nothing of degrees and foreign systems', () => {
    for (const text of ['EPSG:4490', 'EPSG:4326', 'EPSG:3857', 'EPSG:32648', '', 'gk:'])
      expect(zoneOf(text)).toBeNull();
  });
});

describe('a custom zone', () => {
  it('is written and read', () => {
    const zone = { meridian: 107.5, falseEasting: 450_000, prefix: 0 };
    expect(customCode(zone)).toBe('gk:cm=107.5,fe=450000,prefix=0');
    expect(zoneOf(customCode(zone))).toEqual(zone);
  });
  it('has bounds', () => {
    expect(zoneFault({ meridian: 107.5, falseEasting: 500_000, prefix: 0 })).toBeNull();
    expect(zoneFault({ meridian: 30, falseEasting: 500_000, prefix: 0 })).toBe('meridian');
    expect(zoneFault({ meridian: Number.NaN, falseEasting: 500_000, prefix: 0 })).toBe('meridian');
    expect(zoneFault({ meridian: 108, falseEasting: Number.NaN, prefix: 0 })).toBe('easting');
    expect(zoneFault({ meridian: 108, falseEasting: 500_000, prefix: 100 })).toBe('prefix');
  });
});

it('meridians read as people write them', () => {
  expect(degrees(108)).toBe('108°');
  expect(degrees(107.5)).toBe('107°30′');
});

it('what the service can read is told from what it cannot', () => {
  for (const text of ['EPSG:4490', 'EPSG:4326', 'EPSG:4524', 'gk:cm=107.5,fe=500000,prefix=0'])
    expect(isCrs(text)).toBe(true);
  for (const text of ['', 'EPSG:1', 'gk:cm=NaN,fe=500000,prefix=0', 'gk:cm=10,fe=500000,prefix=0'])
    expect(isCrs(text)).toBe(false);
});
