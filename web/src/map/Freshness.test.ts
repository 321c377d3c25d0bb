import { expect, it } from 'vitest';
import { meets } from './Freshness';
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
