import type { Map as MapLibre } from 'maplibre-gl';
import { describe, expect, it } from 'vitest';
import type { Bounds } from '../api/nouns';
import { Freshness, meets } from './Freshness';
import { toSquare } from './mercator';

const tileAt = (z: number, lng: number, lat: number) => {
  const [x, y] = toSquare([lng, lat]);
  return { z, x: Math.floor(x * 2 ** z), y: Math.floor(y * 2 ** z) };
};

it('a change touches the tiles that it lies in at every zoom, and not those two further', () => {
  const [lng, lat] = [121.5145, 31.2378];
  for (let z = 5; z <= 17; z++) {
    const here = tileAt(z, lng, lat);
    expect(meets(here, [lng, lat, lng, lat])).toBe(true);
    for (const [dx, dy] of [
      [2, 0],
      [-2, 0],
      [0, 2],
      [0, -2],
    ] as const)
      expect(meets({ z, x: here.x + dx, y: here.y + dy }, [lng, lat, lng, lat])).toBe(false);
  }
});

it('a change of what has no place touches no tile', () => {
  for (const [z, x, y] of [
    [0, 0, 0],
    [1, 0, 0],
    [1, 1, 1],
    [14, 13721, 6686],
  ] as const)
    expect(meets({ z, x, y }, [180, 90, -180, -90])).toBe(false);
});

it('a change at the side of a tile touches the neighbour that draws it in its margin', () => {
  const z = 14;
  const side = 360 / 2 ** z; // degrees of longitude
  const x = 13721;
  const lng = x * side - 180;
  const { y } = tileAt(z, lng + side / 2, 31.2378);
  const at = (parts: number): [number, number, number, number] => [
    lng + parts * side,
    31.2378,
    lng + parts * side,
    31.2378,
  ];
  expect(meets({ z, x: x - 1, y }, at(0.01))).toBe(true);
  expect(meets({ z, x: x - 1, y }, at(0.02))).toBe(false);
  expect(meets({ z, x, y }, at(0.02))).toBe(true);
});

it('a wide change touches every tile inside it', () => {
  expect(meets(tileAt(16, 121.5, 31.2), [121, 31, 122, 32])).toBe(true);
});

describe('a tile that a change touches', () => {
  const here: Bounds = [121.51, 31.237, 121.52, 31.238];
  const beside: Bounds = [121.5, 31.237, 121.51, 31.238];
  const soon = () => new Promise((done) => setTimeout(done));

  /** A map with one tile of zones, which answers when it is told to. */
  function mapWithTile() {
    let asked = 0;
    let answer = () => {};
    const tile = { tileID: { key: 'tile', canonical: tileAt(10, 121.51, 31.2375) }, state: 'loaded' };
    const manager = {
      _outOfViewCache: { filter: () => {} },
      getIds: () => ['tile'],
      getTileByID: () => tile,
      _reloadTile: () => {
        asked++;
        return new Promise<void>((done) => {
          answer = done;
        });
      },
    };
    const layers = [{ id: 'zones', type: 'fill', source: 'plan', 'source-layer': 'zones' }];
    const map = { on: () => {}, style: { tileManagers: { plan: manager } }, getStyle: () => ({ layers }) };
    return {
      freshness: new Freshness(map as unknown as MapLibre),
      asked: () => asked,
      answer: () => answer(),
    };
  }

  it('is asked for once for changes that are told in one go', async () => {
    const { freshness, asked, answer } = mapWithTile();
    for (const place of [here, beside]) freshness.changed('zones', [place]);
    await soon();
    expect(asked()).toBe(1);
    answer();
    await soon();
    expect(asked()).toBe(1);
  });

  it('is asked for once more, after the answer, for what changed while it was asked for', async () => {
    const { freshness, asked, answer } = mapWithTile();
    freshness.changed('zones', [here]);
    await soon();
    for (const place of [here, beside]) freshness.changed('zones', [place]);
    await soon();
    expect(asked()).toBe(1);
    answer();
    await soon();
    expect(asked()).toBe(2);
  });

  it.each([
    { what: 'lies elsewhere', layer: 'zones', places: [[10, 10, 11, 11]] as Bounds[], times: 0 },
    { what: 'is of another layer', layer: 'facilities', places: null, times: 0 },
    { what: 'may lie anywhere', layer: 'zones', places: null, times: 1 },
  ])('is asked for $times times where the change $what', async ({ layer, places, times }) => {
    const { freshness, asked } = mapWithTile();
    freshness.changed(layer, places);
    await soon();
    expect(asked()).toBe(times);
  });
});
