import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { gather } from './gather';
import type { Bounds, Change } from './nouns';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const at = (layer: string, west: number): Change => ({ layer, bbox: [west, 0, west + 1, 1] });

function gathering() {
  const told: Change[] = [];
  const places: (readonly Bounds[] | null)[] = [];
  let own = false;
  const g = gather(
    (c, at) => {
      told.push(c);
      places.push(at);
    },
    () => own,
    (times) => 1000 * 2 ** times,
  );
  return { ...g, told, places, save: () => (own = true) };
}

it('the first change is told at once, those after it together', () => {
  const g = gathering();
  g.add(at('communities', 0));
  expect(g.told).toEqual([at('communities', 0)]);
  g.add(at('communities', 4));
  g.add(at('communities', 2));
  expect(g.told).toHaveLength(1);
  vi.advanceTimersByTime(1000);
  expect(g.told).toEqual([at('communities', 0), { layer: 'communities', bbox: [2, 0, 5, 1] }]);
});

it('the places of what was gathered are told apart, and as one box where they are many', () => {
  const g = gathering();
  g.add(at('zones', 0));
  expect(g.places).toEqual([[[0, 0, 1, 1]]]);
  g.add(at('zones', 4));
  g.add(at('zones', 40));
  vi.advanceTimersByTime(1000);
  expect(g.places.at(-1)).toEqual([
    [4, 0, 5, 1],
    [40, 0, 41, 1],
  ]);
  for (let west = 0; west < 30; west++) g.add(at('zones', west));
  vi.advanceTimersByTime(2000);
  expect(g.places.at(-1)?.length).toBeLessThan(10);
  expect(g.places.at(-1)?.[0]).toEqual([0, 0, 25, 1]);
  g.add(at('zones', 4));
  g.add({ layer: 'zones', bbox: null });
  vi.advanceTimersByTime(4000);
  expect(g.places.at(-1)).toBeNull();
});

it('a stream of changes is told again and again, less often the longer it lasts, and at once after a quiet while', () => {
  const g = gathering();
  const told: number[] = [];
  for (let ms = 0; ms < 16_000; ms += 100) {
    if (g.told.length > told.length) told.push(ms);
    g.add(at('zones', 0));
    vi.advanceTimersByTime(100);
  }
  expect(told).toEqual([100, 1000, 3000, 7000, 15_000]);
  vi.advanceTimersByTime(60_000);
  const before = g.told.length;
  g.add(at('zones', 0));
  expect(g.told).toHaveLength(before + 1);
});

it('what this person saved is told at once, with what others had changed before', () => {
  const g = gathering();
  g.add(at('zones', 0));
  g.add(at('zones', 1));
  g.save();
  g.add(at('zones', 2));
  expect(g.told).toEqual([at('zones', 0), { layer: 'zones', bbox: [1, 0, 3, 1] }]);
  expect(g.places.at(-1)).toEqual([
    [1, 0, 2, 1],
    [2, 0, 3, 1],
  ]);
  vi.advanceTimersByTime(5000);
  expect(g.told).toHaveLength(2);
});

it('layers do not wait for each other, and the progress of a job for nothing', () => {
  const g = gathering();
  g.add(at('communities', 0));
  g.add(at('zones', 0));
  g.add(at('proposals', 0));
  g.add(at('proposals', 0));
  expect(g.told.map((c) => c.layer)).toEqual(['communities', 'zones', 'proposals', 'proposals']);
});

it('everywhere and somewhere are everywhere together', () => {
  const g = gathering();
  g.add(at('links', 0));
  g.add({ layer: 'links', bbox: null });
  g.add(at('links', 0));
  vi.advanceTimersByTime(1000);
  expect(g.told.at(-1)).toEqual({ layer: 'links', bbox: null });
});

it('what has no place makes no box larger', () => {
  const g = gathering();
  const nowhere: Change = { layer: 'communities', bbox: [180, 90, -180, -90] };
  g.add(nowhere);
  expect(g.told).toEqual([nowhere]);
  g.add(nowhere);
  g.add(at('communities', 4));
  vi.advanceTimersByTime(1000);
  expect(g.told.at(-1)).toEqual(at('communities', 4));
});

it('nothing is told after the end', () => {
  const g = gathering();
  g.add(at('zones', 0));
  g.add(at('zones', 0));
  g.stop();
  vi.advanceTimersByTime(5000);
  expect(g.told).toHaveLength(1);
});
