import { describe, expect, test } from 'vitest';
import type { ApprovalInput } from '../api/approvals';
import { draftOf, readDraft, toggled } from './draft';

const asked: ApprovalInput[] = [
  { key: 'total', name: '总投资', type: 'number', unit: '万元' },
  { key: 'structure', name: '变动结构', type: 'boolean' },
  { key: 'kind', name: '建设类型', type: 'choice', values: ['none', 'new'] },
  { key: 'risks', name: '风险', type: 'set', values: ['a', 'b'] },
];

describe('what is typed about an approval', () => {
  test('survives the way into fields and back', () => {
    for (const inputs of [
      { total: 999.9999, structure: false, kind: 'new', risks: ['b'] },
      { total: 0, structure: true, risks: [] },
      {},
    ])
      expect(readDraft(asked, draftOf(asked, inputs))).toEqual({ inputs, faults: {} });
  });
  test('keeps unknown apart from no and from none', () => {
    const draft = draftOf(asked, {});
    expect(draft).toEqual({ total: '', structure: '', kind: '', risks: null });
  });
  test('takes full-width digits and commas', () => {
    expect(readDraft(asked, { total: '１,０００' }).inputs).toEqual({ total: 1000 });
  });
  test('says what is no figure, and leaves it out', () => {
    expect(readDraft(asked, { total: '约一千' })).toEqual({ inputs: {}, faults: { total: 'notNumber' } });
    expect(readDraft(asked, { total: '-1' })).toEqual({ inputs: {}, faults: { total: 'negative' } });
  });
});

test('what depends on another answer is asked and sent only after it', () => {
  const both: ApprovalInput[] = [
    { key: 'rebuild', name: '局部重建', type: 'boolean' },
    { key: 'within', name: '不超面积', type: 'boolean', only_if: { input: 'rebuild', value: true } },
  ];
  const draft = { rebuild: 'yes', within: 'no' };
  expect(readDraft(both, draft).inputs).toEqual({ rebuild: true, within: false });
  expect(readDraft(both, { ...draft, rebuild: 'no' }).inputs).toEqual({ rebuild: false });
});

describe('a set', () => {
  test('keeps the order of the policy', () => {
    expect(toggled(toggled(null, 'b', ['a', 'b']), 'a', ['a', 'b'])).toEqual(['a', 'b']);
  });
  test('loses what is clicked again', () => {
    expect(toggled(['a', 'b'], 'a', ['a', 'b'])).toEqual(['b']);
  });
});
