import { expect, test } from 'vitest';
import { Problem } from '../api/request';
import { newestOf } from './newest';

test('only a lost race brings a newer version', () => {
  expect(newestOf(new Problem(412, '', '', [], { version: 7 }))).toBe(7);
  expect(newestOf(new Problem(412, '', '', [], null))).toBeNull();
  expect(newestOf(new Problem(409, '', '', [], { version: 7 }))).toBeNull();
  expect(newestOf(new Error('x'))).toBeNull();
});
