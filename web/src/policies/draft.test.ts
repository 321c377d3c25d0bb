import { describe, expect, it } from 'vitest';
import type { ChosenParameter, PolicyChoice } from '../api/policy';
import { chosen, isShare, same, shown, typed, valueIn, withValue } from './draft';

const parameter = (change: Partial<ChosenParameter>): ChosenParameter => ({
  key: 'consent_share',
  name: '同意比例',
  type: 'number',
  default: 0.5,
  min: 0,
  max: 1,
  optional: false,
  clause: '四(九)2',
  issue: '',
  handling: '',
  value: 0.5,
  overridden: false,
  affects_eligibility: true,
  changed_by: '',
  changed_at: null,
  ...change,
});
const share = parameter({});
const year = parameter({ key: 'built_2000', type: 'choice', default: 'ask', value: 'in', overridden: true });
const choice: PolicyChoice = {
  policy_key: 'wansheng-2020',
  policy_version: '2',
  title: '',
  short_title: '',
  document_no: '',
  parameters: [year, share],
  history: [],
  version: 3,
};

describe('a draft', () => {
  it('begins with what the district has overridden', () => {
    expect(chosen(choice)).toEqual({
      policyKey: 'wansheng-2020',
      params: { built_2000: 'in' },
      version: 3,
    });
  });
  it('holds no defaults', () => {
    const back = withValue(chosen(choice), year, 'ask');
    expect(back.params).toEqual({});
    expect(valueIn(back, year)).toBe('ask');
    expect(same(back, chosen(choice))).toBe(false);
    expect(same(withValue(back, year, 'in'), chosen(choice))).toBe(true);
  });
  it('is based on what the person saw, whatever is saved meanwhile', () => {
    const began = withValue(chosen(choice), year, 'out');
    expect(began.version).toBe(3);
    expect(same(began, { ...began, version: 4 })).toBe(true);
  });
  it('keeps null where it is a value', () => {
    const free = parameter({ optional: true, default: 0.5 });
    expect(withValue(chosen(choice), free, null).params).toHaveProperty('consent_share', null);
  });
});

describe('a figure', () => {
  it('of a share is typed and shown in per cent', () => {
    expect(isShare(share)).toBe(true);
    expect(shown(share, 2 / 3)).toBe('66.6667');
    expect(typed(share, ' 60 ')).toEqual({ value: 0.6 });
  });
  it('outside its limits is none', () => {
    for (const text of ['', '101', '-1', 'x', 'Infinity']) expect(typed(share, text)).toBeNull();
    const days = parameter({ type: 'integer', min: 1, max: 31 });
    expect(typed(days, '25')).toEqual({ value: 25 });
    expect(typed(days, '25.5')).toBeNull();
    expect(typed(days, '32')).toBeNull();
  });
  it('may be empty where the parameter may be unset', () => {
    expect(typed(parameter({ optional: true }), '')).toEqual({ value: null });
  });
});
