import { expect, test } from 'vitest';
import { dependsOnScenario, ofScenario } from './scenario';

const zones = 'http://here/api/v1/districts/310115/tiles/zone_points,zones/{z}/{x}/{y}.mvt';
const register = 'http://here/api/v1/districts/310115/tiles/buildings,communities/{z}/{x}/{y}.mvt';

test('zones come from the scenario, everything else stays', () => {
  expect(ofScenario(zones, 'a b')).toBe(`${zones}?scenario=a%20b`);
  expect(ofScenario(register, 'a b')).toBe(register);
});
test('another scenario takes the place of the one before', () => {
  const first = ofScenario(`${zones}?run=7`, 'first');
  expect(first).toBe(`${zones}?run=7&scenario=first`);
  expect(ofScenario(first, 'second')).toBe(`${zones}?run=7&scenario=second`);
  expect(ofScenario(ofScenario(zones, 'first'), null)).toBe(zones);
});
test.each([
  ['strings', true],
  ['zones', true],
  ['coverage', false],
  ['links', false],
])('tiles of %s depend on the scenario: %s', (layer, depends) => {
  expect(dependsOnScenario(`http://here/tiles/${layer}/{z}/{x}/{y}.mvt`)).toBe(depends);
});
