import { describe, expect, test } from 'vitest';
import type { FileCheck } from '../api/dossiers';
import { changed, type Draft, groups, keyOf, lineOf, pressed, toSend } from './checklist';

const check = (no: string, group: string, result: FileCheck['result'] = 'unchecked'): FileCheck => ({
  kind: no.includes('.') ? 'management' : 'item',
  no,
  name: `第 ${no} 项`,
  group,
  nature: 'basic',
  clause: '附件1',
  content: '',
  standard: '',
  fact: '',
  result,
  note: '',
  checked_on: null,
  by: '',
  evidence: [],
});
const none: Draft = new Map();
const checks = [
  check('1', '小区内'),
  check('2', '小区内', 'ok'),
  check('12', '相邻', 'missing'),
  check('1.1', '环境'),
];
const [water, power] = checks as [FileCheck, FileCheck, ...FileCheck[]];

describe('a draft of the checklist', () => {
  test('holds only what is another than it was', () => {
    const once = changed(none, water, pressed(lineOf(water, none), 'missing'));
    expect(lineOf(water, once).result).toBe('missing');
    expect(toSend(checks, once)).toEqual([{ kind: 'item', no: '1', result: 'missing', note: '' }]);
    const back = changed(once, water, pressed(lineOf(water, once), 'missing'));
    expect(back.size).toBe(0);
  });
  test('takes a result back by a second click', () => {
    const draft = changed(none, power, pressed(lineOf(power, none), 'ok'));
    expect(toSend(checks, draft)).toEqual([{ kind: 'item', no: '2', result: 'unchecked', note: '' }]);
  });
  test('stays over a newer file and leaves out lines that are gone', () => {
    const draft = new Map([
      [keyOf(water), { result: 'faulty' as const, note: ' 漏水 ' }],
      ['item 99', { result: 'ok' as const, note: '' }],
    ]);
    expect(toSend(checks, draft)).toEqual([{ kind: 'item', no: '1', result: 'faulty', note: '漏水' }]);
  });
});

describe('groups', () => {
  test('follow the plan and count what is done', () => {
    expect(groups(checks, none, false).map((g) => [g.name, g.lines.length, g.done])).toEqual([
      ['小区内', 2, 1],
      ['相邻', 1, 1],
      ['环境', 1, 0],
    ]);
  });
  test('show on demand only what is open or wrong', () => {
    expect(groups(checks, none, true).flatMap((g) => g.lines.map((c) => c.no))).toEqual(['1', '12', '1.1']);
  });
});
