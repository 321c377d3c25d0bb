import { expect, test } from 'vitest';
import { formatAgainst, parseAgainst } from './against';

test.each([
  [{ code: '7c6f', revision: null }],
  [{ code: '7c6f', revision: 12 }],
  [{ code: '7c6f', revision: 0 }],
])('%o comes back from the address', (against) => {
  expect(parseAgainst(formatAgainst(against))).toEqual(against);
});
test.each([
  [null],
  [''],
  ['@7'],
  ['7c6f@x'],
  ['7c6f@-1'],
  ['7c6f@1.5'],
])('%o is nothing to compare with', (text) => {
  expect(parseAgainst(text)).toBeNull();
});
