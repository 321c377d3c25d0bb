import { expect, test } from 'vitest';
import { translate } from '../language';
import { faultText, money } from './said';
import { words } from './words';

test.each([
  [23_000_000, '2,300 万元', '¥2,300×10⁴'],
  [125_000, '12.5 万元', '¥12.5×10⁴'],
  [1_204_999, '120 万元', '¥120×10⁴'],
  [0, '0 万元', '¥0×10⁴'],
])('%s yuan', (yuan, zh, en) => {
  expect(money(yuan, 'zh')).toBe(zh);
  expect(money(yuan, 'en')).toBe(en);
});

test('a breach is said in both languages, with its amount', () => {
  const breach = { kind: 'over_budget', detail: '2026年超出预算250.00万元。', year: 2026, zones: ['a', 'b'] };
  const fault = { kind: 'breach', breach, over: 2.5e6, year: 2026, zones: ['a', 'b'], fresh: true } as const;
  const say = (language: 'zh' | 'en') => faultText(fault, new Map(), translate(words, language), language);
  expect(say('zh')).toBe('2026年超出预算250.00万元');
  expect(say('en')).toBe('2026: over budget by ¥250×10⁴');
});
test('a missed target is said with what is missing', () => {
  const fault = { kind: 'communities', missing: 12, year: 2027, zones: [], fresh: false } as const;
  expect(faultText(fault, new Map(), translate(words, 'zh'), 'zh')).toBe('2027 年目标还差 12 个小区');
});
