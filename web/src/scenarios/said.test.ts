import { expect, test } from 'vitest';
import type { Revision } from '../api/nouns';
import { translate } from '../language';
import { said } from './said';
import { words } from './words';

const t = translate(words, 'zh');
const revision = (action: string, zone_names: string[], label = ''): Revision => ({
  revision: 3,
  at: '2026-11-24T08:00:00Z',
  by: '',
  action,
  label,
  zones: zone_names,
  zone_names,
});

test.each([
  [revision('zone.create', ['崂山']), '新建片区“崂山”'],
  [revision('zone.merge', ['崂山', '梅园', '潍坊']), '合并片区“崂山”“梅园”等 3 个片区'],
  [revision('scenario.create', []), '方案开始'],
  [revision('zone.unheard', ['崂山'], '做了别的'), '做了别的“崂山”'],
  [revision('zone.unheard', []), 'zone.unheard'],
])('%o', (r, text) => {
  expect(said(r, t)).toBe(text);
});
