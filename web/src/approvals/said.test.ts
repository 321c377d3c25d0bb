import { expect, test } from 'vitest';
import type { ApprovalStep } from '../api/approvals';
import { translate } from '../language';
import { clashes, leftOf, tallyOf, tellingFacts } from './said';
import { words } from './words';

const step = (change: Partial<ApprovalStep>): ApprovalStep => ({
  key: 'k',
  kind: 'task',
  place: 1,
  name: '',
  need: 'required',
  outcome: '',
  clause: '',
  department: '',
  department_set: false,
  assumed: false,
  milestone: '',
  days: null,
  due_on: null,
  due_clause: '',
  done_on: null,
  document_no: '',
  note: '',
  change: '',
  days_left: null,
  ...change,
});

test('a step that is spared or dropped is neither open nor late', () => {
  expect(
    tallyOf([
      step({ done_on: '2026-01-01' }),
      step({ days_left: -3 }),
      step({ need: 'check', days_left: 5 }),
      step({ need: 'unknown' }),
      step({ need: 'exempt' }),
      step({ need: 'required', change: 'dropped', done_on: '2026-01-01' }),
    ]),
  ).toEqual({ all: 4, done: 1, late: 1, check: 1, unknown: 1, exempt: 2 });
});

test('the days that are left are said in words', () => {
  const t = translate(words, 'zh');
  expect([leftOf(3, t), leftOf(0, t), leftOf(-2, t), leftOf(null, t)]).toEqual([
    '还有 3 天',
    '今天到期',
    '逾期 2 天',
    '',
  ]);
});

test('edits clash only where somebody else changed the same field', () => {
  const seen = [step({ key: 'plan', note: '旧' }), step({ key: 'tender' })];
  const now = [step({ key: 'plan', note: '新' }), step({ key: 'tender', due_on: '2026-06-01' })];
  expect(clashes([{ key: 'plan', note: '我的' }], seen, now)).toBe(true);
  expect(clashes([{ key: 'plan', due_on: '2026-05-01' }], seen, now)).toBe(false);
  expect(clashes([{ key: 'tender', due_on: '2026-05-01' }], seen, now)).toBe(true);
  expect(clashes([{ key: 'tender', note: '我的' }], seen, now)).toBe(false);
});

test('a row that does not apply says only what is against it', () => {
  const row = {
    state: 'not' as const,
    need: 'exempt',
    text: '',
    outcome: '',
    missing: [],
    ambiguities: [],
    facts: [
      { input: 'a', state: 'not' as const, text: '增加建筑面积1000平方米，高于0平方米' },
      { input: 'b', state: 'unknown' as const, text: '影响安全疏散：未填' },
      { input: 'c', state: 'applies' as const, text: '低风险项目：是' },
    ],
  };
  expect(tellingFacts(row).map((f) => f.input)).toEqual(['a']);
  expect(tellingFacts({ ...row, state: 'applies' })).toHaveLength(3);
});
