import { expect, test } from 'vitest';
import { boxOf } from './box';

const place = { lng: 106.92, lat: 28.97, zoom: 16 };

test('the box holds what is in sight, and not much more', () => {
  const box = boxOf(place, 1366, 768);
  if (!box) throw new Error('no box');
  const [west, south, east, north] = box;
  const wide = (1366 * 360) / (512 * 2 ** 16);
  expect(west).toBeLessThanOrEqual(place.lng - wide / 2 + 1e-6);
  expect(east).toBeGreaterThanOrEqual(place.lng + wide / 2 - 1e-6);
  expect(south).toBeLessThan(place.lat);
  expect(north).toBeGreaterThan(place.lat);
  expect(east - west).toBeLessThanOrEqual(2 * wide + 1e-5);
});

test('a small move asks for the same box', () => {
  expect(boxOf({ ...place, lng: place.lng + 1e-6 }, 1366, 768)).toEqual(boxOf(place, 1366, 768));
});

test('from afar nothing is asked', () => {
  expect(boxOf({ ...place, zoom: 13 }, 1366, 768)).toBeNull();
});
