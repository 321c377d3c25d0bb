import { describe, expect, it } from 'vitest';
import type { Policy } from '../api/policy';
import { find, marked, sectionsOf } from './text';

const empty = {
  key: 'x-2020',
  version: '1',
  title: '方案',
  short_title: '方案',
  document_no: '某发〔2020〕1号',
  issuer: '某区',
  issued_on: '2020-01-01',
  effective: '',
  disclosure: '公开',
  source: '摘要',
  profile: 'gb50180',
  upstream: [],
  parameters: [],
  ambiguities: [{ id: 'A1', clauses: ['二(一)', '二(二)'], issue: '两种读法', handling: '参数' }],
  age_classes: [],
  eligibility: {
    clause: '二(一)',
    routes: [{ key: 'basic', name: '范围', clause: '二(一)' }],
    rules: [
      {
        id: 'S8',
        kind: 'exclude',
        route: 'basic',
        clause: '二(一)',
        text: '棚户区',
        overridable: true,
        tests: [],
      },
    ],
  },
  targets: [
    {
      id: 't',
      clause: '一(三)',
      by: '2021',
      metric: 'started',
      count: 99,
      area_wan: 77.3,
      text: '新开工99个',
    },
  ],
  phases: [],
  libraries: [],
  categories: [{ key: 'basic', name: '基础类', clause: '二(二)' }],
  natures: [],
  items: [
    {
      no: 1,
      numbered: true,
      name: '供水',
      category: 'basic',
      nature: '',
      clause: '二(二)基础类',
      mappable: false,
      gap_trigger: false,
    },
  ],
  management_checks: [
    { no: 6, key: 'n', name: '公示', clause: '附件2', count: 1, checks: ['公示牌'], fields: ['收费标准'] },
  ],
  management_modes: [],
  survey: {
    clause: '三(一)',
    by: '街道',
    means: ['走访'],
    start_rule: '过半数',
    share_parameter: '',
    basis_parameter: '',
    personal_data: [],
  },
  procedure: [],
  actors: [],
  dates: [{ key: 'f', name: '备案', clause: '三(四)', days: 15, after: '验收合格' }],
  funding: [],
  approval_inputs: [],
  approvals: [
    {
      key: 'p',
      name: '立项',
      clause: '三(三)',
      rows: [{ text: '1000万元以上', outcome: '可行性研究报告', see_also: ['B2'] }],
    },
  ],
  provisions: [],
  forms: [
    {
      key: 'a',
      title: '情况表',
      clause: '附件6',
      header: ['单位'],
      columns: [{ path: ['计划'], name: '面积' }],
    },
  ],
} as unknown as Policy;

describe('the text of a plan', () => {
  const sections = sectionsOf(empty);
  it('has every rule with its clause, and no empty part', () => {
    const all = sections.flatMap((s) => s.rows.map((r) => [...r.cells, r.clause].join('|')));
    for (const part of [
      'A1|两种读法|参数|二(一)、二(二)',
      'S8|排除|棚户区（可说明理由后改判）|二(一)',
      '2021|新开工|99|77.3|新开工99个|一(三)',
      '1|供水||||二(二)基础类',
      '6.1 公示|公示牌|附件2',
      '公示栏（1）|收费标准|附件2',
      '启动条件|过半数|三(一)',
      '1000万元以上|可行性研究报告|B2',
      '备案|验收合格后15日||三(四)',
      '列（1）|计划 / 面积|',
    ])
      expect(all).toContain(part);
    expect(sections.every((s) => s.rows.length > 0)).toBe(true);
    expect(sections.some((s) => s.title === '批次')).toBe(false);
  });
  it('is searched by all words, in titles, cells and clauses', () => {
    expect(find(sections, '立项 可行性').flatMap((s) => s.rows)).toHaveLength(1);
    expect(
      find(sections, '三(四)')
        .flatMap((s) => s.rows)
        .map((r) => r.cells[0]),
    ).toEqual(['备案']);
    expect(find(sections, '棚户区 不存在')).toEqual([]);
    expect(find(sections, '  ')).toEqual([]);
  });
  it('marks what was found', () => {
    expect(marked('供水与供气', '供')).toEqual([
      { text: '供', hit: true },
      { text: '水与', hit: false },
      { text: '供', hit: true },
      { text: '气', hit: false },
    ]);
    expect(marked('供水', '')).toEqual([{ text: '供水', hit: false }]);
  });
});
