import { describe, expect, it } from 'vitest';
import type { Proof, Walk } from '../api/coverage';
import { proofShapes, streetsSaid } from './proofShapes';

const walk = (coordinates: [number, number][], streets: Walk['streets'] = []): Walk => ({
  facility_code: 'f',
  facility_name: 'F',
  line: { type: 'LineString', coordinates },
  distance_m: 100,
  minutes: 2,
  climb_m: 0,
  descent_m: 0,
  stairs_m: 0,
  crossings: 0,
  access_m: 5,
  streets,
});
const proof = (change: Partial<Proof>): Proof =>
  ({ method: 'walk', there: null, back: null, first_step: null, ...change }) as Proof;

describe('the shapes of a proof', () => {
  it('are the way there with the facility at its end', () => {
    const { features } = proofShapes(
      proof({
        there: walk([
          [0, 0],
          [1, 1],
        ]),
      }),
    );
    expect(features.map((f) => f.geometry.type)).toEqual(['LineString', 'Point']);
    expect(features[1]?.geometry).toEqual({ type: 'Point', coordinates: [1, 1] });
  });
  it('show another way back, too, and the first step', () => {
    const there = walk([
      [0, 0],
      [1, 1],
    ]);
    const { features } = proofShapes(proof({ there, back: there, first_step: there }));
    expect(features.filter((f) => f.geometry.type === 'LineString').map((f) => f.properties?.leg)).toEqual([
      'there',
      'back',
      'first',
    ]);
  });
  it('are none where there is no way', () => {
    expect(proofShapes(proof({})).features).toEqual([]);
  });
});

it('takes pieces of one street together', () => {
  const streets = [
    { name: '', distance_m: 10 },
    { name: '', distance_m: 5 },
    { name: '崂山路', distance_m: 80 },
    { name: '', distance_m: 3 },
  ];
  expect(streetsSaid(walk([], streets), '—')).toEqual([
    { name: '—', metres: 15 },
    { name: '崂山路', metres: 80 },
    { name: '—', metres: 3 },
  ]);
});
