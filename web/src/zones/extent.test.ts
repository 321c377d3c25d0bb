import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import type { Bounds } from '../api/nouns';
import { keys } from '../api/queries';
import { extentsKnown, extentsOf, placesTouched } from './extent';

const at = (west: number): Bounds => [west, 0, west + 1, 1];
const zone = (code: string, west: number) => ({ code, bbox: at(west) });
const before = extentsOf([zone('a', 0), zone('b', 10)]);

it.each([
  { what: 'a new zone touches where it lies', zones: [zone('n', 5)], made: ['n'], places: [at(5)] },
  { what: 'a moved zone, where it lies and lay', zones: [zone('a', 5)], places: [at(5), at(0)] },
  { what: 'a deleted zone, where it lay', removed: ['b'], places: [at(10)] },
  { what: 'merged zones, where each lay', zones: [zone('a', 0)], removed: ['b'], places: [0, 0, 10].map(at) },
  {
    what: 'a split zone, its parts and where it lay',
    zones: [zone('a', 0), zone('n', 1)],
    made: ['n'],
    places: [0, 1, 0].map(at),
  },
  { what: 'a zone of which nobody knows where it lay, everywhere', zones: [zone('c', 5)], places: null },
  { what: 'a deleted zone that was never seen, everywhere', removed: ['c'], places: null },
  { what: 'an edit that changed nothing, nothing', places: [] },
])('$what', ({ zones = [], removed = [], made = [], places }) => {
  expect(placesTouched({ zones, removed }, before, made)).toEqual(places);
});

it('zones are known from lists of every scenario and from those that were looked at, of one district', () => {
  const client = new QueryClient();
  client.setQueryData([...keys.zones('d'), 'list', null], [zone('a', 0), zone('b', 10)]);
  client.setQueryData([...keys.zones('d'), 'list', 'other'], [zone('c', 20)]);
  client.setQueryData([...keys.zones('d'), 'one', 'a'], zone('a', 1));
  client.setQueryData([...keys.zones('d'), 'communities', 'a'], [{ code: 'x' }]);
  client.setQueryData([...keys.zones('e'), 'list', null], [zone('e', 30)]);
  expect([...extentsKnown(client, 'd')]).toEqual([
    ['a', [at(0), at(1)]],
    ['b', [at(10)]],
    ['c', [at(20)]],
  ]);
});
