import { expect, it } from 'vitest';
import { scaleBar } from './scale';

it.each([
  [13.4, 31.24],
  [15.2, 31.24],
  [5, 0],
  [20, 60],
])('a round length that fits, at zoom %d and latitude %d', (zoom, lat) => {
  const bar = scaleBar(zoom, lat);
  expect(bar.pixels).toBeLessThanOrEqual(92);
  expect(bar.pixels).toBeGreaterThan(30);
  expect(['1', '2', '5']).toContain(String(bar.metres).replace(/[0.]/g, ''));
});
it('is 500 m at zoom 13.4 in Shanghai, as the map says', () => {
  expect(scaleBar(13.4, 31.24).metres).toBe(500);
});
