import { expect, it } from 'vitest';
import { asked, readFilter, writeFilter } from './auditFilter';

const open = { person: '', entity: '', code: '', from: '', until: '' };

it('the address keeps what was chosen and nothing else', () => {
  const chosen = { ...open, person: '陈工', until: '2026-02-28' };
  expect(writeFilter(chosen)).toEqual({ person: '陈工', until: '2026-02-28' });
  expect(readFilter(new URLSearchParams(writeFilter(chosen)))).toEqual(chosen);
  expect(readFilter(new URLSearchParams('from=yesterday&person=a&other=1'))).toEqual({
    ...open,
    person: 'a',
  });
});
it('the last day is asked for to its end, over the end of a month', () => {
  const { from, until } = asked({ ...open, from: '2026-02-28', until: '2026-02-28' });
  expect(new Date(from ?? '').toString()).toBe(new Date(2026, 1, 28).toString());
  expect(new Date(until ?? '').toString()).toBe(new Date(2026, 2, 1).toString());
});
it('what is open is not asked', () => {
  expect(asked({ ...open, person: '  ' })).toEqual({
    person: undefined,
    entity: undefined,
    code: undefined,
    from: undefined,
    until: undefined,
  });
});
