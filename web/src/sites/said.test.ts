import { expect, test } from 'vitest';
import { translate } from '../language';
import { gapSaid, percentSaid, valueName, valueSaid } from './said';
import { words } from './words';

const t = translate(words, 'zh');

test('the proof is said as far as it goes', () => {
  expect(gapSaid({ proven: true, gap_percent: 0 }, t)).toBe('已证明最优');
  expect(gapSaid({ proven: false, gap_percent: 1.81 }, t)).toBe('与最优至多差 1.8%');
});
test.each([
  [1.84, '1.8%'],
  [0.1, '0.1%'],
  [0.04, '0.04%'],
  [0.001, '< 0.01%'],
  [0, '0.0%'],
])('a gap of %d is never rounded to nothing', (gap, text) => expect(percentSaid(gap)).toBe(text));
test.each([
  [1234, 'households', '1,234'],
  [4, 'sites', '4 处'],
  [312.4, 'metres', '312 m'],
  [1020.9, 'metres', '1,021 m'],
  [5.25, 'minutes', '5.3 分钟'],
] as const)('%d in %s', (value, unit, text) => expect(valueSaid(value, unit, 'zh', t)).toBe(text));

test('along a straight line nobody walks', () => {
  expect(valueName('pmedian', 'walk', t)).toBe('平均步行');
  expect(valueName('pmedian', 'radius', t)).toBe('平均直线距离');
  expect(valueName('pcenter', undefined, t)).toBe('最远直线距离');
});
