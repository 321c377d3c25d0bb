import { expect, test } from 'vitest';
import { colours, coloursOf, numbersOf, tintOf } from './colour';

const at = (lng: number, lat: number) => ({ center: [lng, lat] as [number, number] });

test('zones beside each other differ in colour, as many as there are colours', () => {
  const row = Array.from({ length: 40 }, (_, i) => at(106 + i * 0.01, 29));
  const given = coloursOf(row);
  for (const i of given.keys())
    expect(new Set(given.slice(i, i + 2)).size, `zones ${i} and ${i + 1}`).toBe(
      Math.min(2, given.length - i),
    );
  expect(new Set(given).size).toBe(colours.length);
});

test('a zone keeps its colour when others are added behind it', () => {
  const zones = [at(106, 29), at(106.01, 29.01), at(106.02, 29)];
  expect(coloursOf(zones).slice(0, 2)).toEqual(coloursOf(zones.slice(0, 2)));
});

test('communities get the colour of their zone, and zones their number', () => {
  const zones = [
    { ...at(106, 29), index: 1, communities: ['a', 'b'] },
    { ...at(107, 29), index: 2, communities: ['c'] },
  ];
  expect([...tintOf(zones, ['#111', '#222'])]).toEqual([
    ['a', '#111'],
    ['b', '#111'],
    ['c', '#222'],
  ]);
  expect(numbersOf(zones, '#000').features.map((f) => [f.properties?.text, f.geometry])).toEqual([
    ['1', { type: 'Point', coordinates: [106, 29] }],
    ['2', { type: 'Point', coordinates: [107, 29] }],
  ]);
});
