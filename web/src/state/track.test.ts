import { expect, test } from 'vitest';
import { follow, track } from './track';

test('steps of one thing share its newest version', () => {
  const first = track('zone', { code: 'a', version: 1 });
  follow('zone', first, { code: 'a', version: 2 });
  const second = track('zone', { code: 'a', version: 2 });
  follow('zone', second, { code: 'a', version: 3 });
  expect(first).toEqual({ code: 'a', version: 3 });
});

test('a thing that came back under a new code is still the same for earlier steps', () => {
  const edit = track('zone', { code: 'b', version: 4 });
  const removal = track('zone', { code: 'b', version: 4 });
  follow('zone', removal, { code: 'c', version: 1 });
  expect(edit).toEqual({ code: 'c', version: 1 });
  expect(track('zone', { code: 'c', version: 2 })).toBe(edit);
});

test('things of different kinds with the same code stay apart', () => {
  const zone = track('zone', { code: 'd', version: 1 });
  follow('community', track('community', { code: 'd', version: 7 }), { code: 'd', version: 8 });
  expect(zone.version).toBe(1);
});
