import { expect, it } from 'vitest';
import { accessesOf, daysLeft, tokenState } from './tokenState';

const now = Date.parse('2026-03-01T08:00:00Z');
const until = (expires_at: string, revoked_at: string | null = null) => ({ expires_at, revoked_at });

it.each([
  ['holds', until('2026-03-15T08:00:00Z')],
  ['ending', until('2026-03-15T07:59:59Z')],
  ['past', until('2026-03-01T08:00:00Z')],
  ['revoked', until('2027-03-01T08:00:00Z', '2026-02-01T00:00:00Z')],
  ['revoked', until('2026-02-20T08:00:00Z', '2026-02-01T00:00:00Z')],
])('%s: %j', (state, token) => {
  expect(tokenState(token, now)).toBe(state);
});
it('the last day is a day', () => {
  expect(daysLeft(until('2026-03-01T08:00:01Z'), now)).toBe(1);
  expect(daysLeft(until('2026-03-31T08:00:00Z'), now)).toBe(30);
  expect(daysLeft(until('2026-01-01T00:00:00Z'), now)).toBe(0);
});
it('nobody is offered an access that their role does not fill', () => {
  expect(accessesOf(['read.map', 'export'])).toEqual(['read']);
  expect(accessesOf(['read.map', 'edit.register'])).toEqual(['read', 'write']);
  expect(accessesOf(['edit.register', 'read.audit'])).toEqual(['read', 'write', 'administer']);
});
