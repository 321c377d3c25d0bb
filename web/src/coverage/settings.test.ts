import { describe, expect, it, test } from 'vitest';
import { areaOf, askOf, polygonOf, type Settings, usual, withMethod } from './settings';

const ask = (s: Partial<Settings>, scenario: string | null = null) => askOf({ ...usual, ...s }, scenario);

describe('the request', () => {
  it('leaves out what the profile and the service decide', () => {
    expect(ask({})).toEqual({ ask: { method: 'radius', area: { kind: 'district' } } });
  });
  it.each<[string, Partial<Settings>, object]>([
    ['a typed distance', { limit: '450' }, { limit: { metres: 450 } }],
    ['typed minutes', { method: 'walk', unit: 'minutes', limit: '7.5' }, { limit: { minutes: 7.5 } }],
    ['the walker of a walk', { method: 'walk', walker: 'frail' }, { walker: 'frail' }],
    ['no walker of a straight line', { walker: 'frail' }, { walker: undefined }],
    ['no steps', { method: 'walk_slope', stepFree: true }, { step_free: true }],
    ['no steps only with slopes', { method: 'walk', stepFree: true }, { step_free: undefined }],
    ['another profile', { profile: 'gb50180' }, { profile: 'gb50180' }],
    ['capacity per household', { units: '0.5' }, { units_per_household: 0.5 }],
  ])('says %s', (_, settings, expected) => {
    const made = ask(settings);
    expect('ask' in made && made.ask).toMatchObject(
      Object.fromEntries(Object.entries(expected).filter(([, v]) => v !== undefined)),
    );
    for (const [key, v] of Object.entries(expected))
      if (v === undefined) expect(made).not.toHaveProperty(['ask', key]);
  });
  it('counts the proposed facilities of a scenario unless it is told not to', () => {
    expect(ask({}, 's1')).toMatchObject({ ask: { scenario: 's1' } });
    expect(ask({ proposed: false }, 's1')).not.toHaveProperty('ask.scenario');
  });
  it.each<[string, Partial<Settings>]>([
    ['limit', { limit: '0' }],
    ['limit', { limit: '-3' }],
    ['limit', { limit: '20001' }],
    ['limit', { limit: 'abc' }],
    ['limit', { method: 'walk_slope', unit: 'minutes', limit: '241' }],
    ['units', { units: '0' }],
    ['area', { area: { kind: 'zone', code: '', polygon: null } }],
    ['area', { area: { kind: 'polygon', code: '', polygon: null } }],
  ])('is refused for its %s: %o', (bad, settings) => {
    expect(ask(settings)).toEqual({ bad });
  });
});

describe('another method', () => {
  const typed: Settings = { ...usual, limit: '450' };
  it('keeps a limit that it can count in', () => {
    expect(withMethod(typed, 'walk')).toMatchObject({ method: 'walk', unit: 'metres', limit: '450' });
  });
  it('lets go of one that it cannot', () => {
    expect(withMethod(typed, 'walk_slope')).toMatchObject({ unit: 'minutes', limit: '' });
    expect(withMethod({ ...typed, method: 'walk', unit: 'minutes' }, 'radius')).toMatchObject({
      unit: 'metres',
      limit: '',
    });
  });
});

test('a drawn polygon is closed; two corners are none', () => {
  const polygon = polygonOf([
    [0, 0],
    [1, 0],
    [1, 1],
  ]);
  expect(polygon?.coordinates[0]).toHaveLength(4);
  expect(polygon?.coordinates[0]?.[3]).toEqual([0, 0]);
  expect(polygonOf([[0, 0]])).toBeNull();
  expect(areaOf({ kind: 'polygon', code: '', polygon })).toMatchObject({ kind: 'polygon' });
});
