import { expect, test } from 'vitest';
import { failedVisit, pageNow } from './visit';
import { words } from './words';

test('the address says in a word what failed, and every word has a sentence', () => {
  expect(failedVisit('?failed=stranger')).toBe('stranger');
  expect(failedVisit('?failed=<script>')).toBe('again');
  expect(failedVisit('?token=abc')).toBe(null);
  for (const word of ['again', 'denied', 'stranger', 'locked', 'unavailable'])
    expect(words[`failed.${failedVisit(`?failed=${word}`) ?? 'again'}`]).toHaveLength(2);
});

test('somebody who wanted a page gets there after the sign-in', () => {
  expect(pageNow({ pathname: '/d/500110/zones', search: '?zone=Z1', hash: '#8/29/107' })).toBe('/d/500110/zones?zone=Z1#8/29/107');
  expect(pageNow({ pathname: '/sign-in', search: '?failed=again', hash: '' })).toBe('/');
});
