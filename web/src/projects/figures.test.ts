import { expect, test } from 'vitest';
import { today } from './day';
import { numberOf, wanOf } from './figures';

test.each<[string, number | null]>([
  ['1200', 1200],
  ['1,200.5', 1200.5],
  [' 1 200 ', 1200],
  ['', null],
  ['-3', null],
  ['约 1200', null],
])('a typed figure %j', (text, expected) => {
  expect(numberOf(text)).toBe(expected);
});

test('unknown money is a dash, never zero', () => {
  expect(wanOf(null)).toBe('—');
  expect(wanOf(0)).toBe('0');
  expect(wanOf(1234.5678)).toBe('1,234.5678');
});

test('today is the day on the wall, not that of Greenwich', () => {
  expect(today(new Date(2026, 10, 3, 0, 30))).toBe('2026-11-03');
});
