// The plan as tables that can be read and searched: every rule is a row with its
// clause. Pure; the headings are the document's language.
import type { Policy } from '../api/policy';

export const parts = [
  'about',
  'scope',
  'items',
  'management',
  'procedure',
  'approvals',
  'money',
  'actors',
  'forms',
] as const;
export type Part = (typeof parts)[number];
export interface Row {
  clause: string;
  cells: readonly string[];
}
export interface Section {
  part: Part;
  title: string;
  note?: string;
  columns: readonly string[];
  rows: readonly Row[];
}

/** Sentences and phrases as one line, without a full stop before the semicolon. */
const lines = (list: readonly string[] | null | undefined) =>
  (list ?? []).map((text, i, all) => (i < all.length - 1 ? text.replace(/。$/, '') : text)).join('；');
const names = (list: readonly string[] | null | undefined) => (list ?? []).join('、');
const nameOf = (terms: Policy['categories'], key: string) => terms.find((x) => x.key === key)?.name ?? key;
const metrics: Record<string, string> = {
  completed: '改造完成',
  started: '新开工',
  launched: '启动实施',
  demonstration: '示范项目',
  state: '阶段目标',
};
const roles: Record<string, string> = {
  administrator: '管理员',
  planner: '区级规划员',
  officer: '镇街经办人',
  contractor: '项目单位',
  viewer: '查阅者',
};
const kinds: Record<string, string> = { include: '纳入', unit: '对象', readmit: '再次纳入', exclude: '排除' };

export function sectionsOf(p: Policy): Section[] {
  return [
    ...about(p),
    ...scope(p),
    ...items(p),
    ...management(p),
    ...procedure(p),
    ...approvals(p),
    money(p),
    ...actors(p),
    ...forms(p),
  ].filter((s) => s.rows.length > 0);
}

function about(p: Policy): Section[] {
  const row = (name: string, text: string): Row => ({ clause: '', cells: [name, text] });
  return [
    {
      part: 'about',
      title: p.title,
      columns: ['', '', ''],
      rows: [
        row('文号', p.document_no),
        row('印发单位', p.issuer),
        row('印发日期', p.issued_on),
        ...(p.effective ? [row('施行', p.effective)] : []),
        row('公开', p.disclosure),
        row('数据来源', p.source),
        ...p.upstream.map((u) =>
          row('上级文件', [u.document_no, u.title, u.note].filter(Boolean).join('，')),
        ),
      ],
    },
    {
      part: 'about',
      title: '歧义与处理',
      columns: ['编号', '问题', '处理', '条款'],
      rows: p.ambiguities.map((a) => ({ clause: names(a.clauses), cells: [a.id, a.issue, a.handling] })),
    },
    {
      part: 'about',
      title: '方案未规定、产品补充的部分',
      columns: ['部分', '说明', ''],
      rows: (p.borrows ?? []).map((b) => ({ clause: b.from, cells: [b.part, b.note] })),
    },
    {
      part: 'about',
      title: '其他规定',
      columns: ['事项', '内容', '条款'],
      rows: p.provisions.map((x) => ({ clause: x.clause, cells: [x.topic, x.text] })),
    },
  ];
}

function scope(p: Policy): Section[] {
  const several = p.eligibility.routes.length > 1;
  const route = (key: string | undefined) => p.eligibility.routes.find((r) => r.key === key)?.name ?? '';
  return [
    {
      part: 'scope',
      title: '纳入范围',
      columns: ['编号', '类别', '规则', '条款'],
      rows: p.eligibility.rules.map((r) => ({
        clause: r.clause,
        cells: [
          r.id,
          kinds[r.kind] ?? r.kind,
          [
            r.text,
            several && r.route ? `（${route(r.route)}）` : '',
            r.overridable ? '（可说明理由后改判）' : '',
          ].join(''),
        ],
      })),
    },
    {
      part: 'scope',
      title: '目标',
      columns: ['时限', '指标', '个', '万平方米', '内容', '条款'],
      rows: p.targets.map((x) => ({
        clause: x.clause,
        cells: [
          x.by,
          metrics[x.metric] ?? x.metric,
          x.count === null ? '—' : String(x.count),
          x.area_wan === null ? '—' : String(x.area_wan),
          [x.text, names(x.see_also)].filter(Boolean).join(' '),
        ],
      })),
    },
    {
      part: 'scope',
      title: '批次',
      columns: ['批次', '说明', '条款'],
      rows: p.phases.map((x) => ({ clause: x.clause, cells: [x.name, x.text ?? ''] })),
    },
    {
      part: 'scope',
      title: '建成年代分类',
      columns: ['分类', ''],
      rows: p.age_classes.map((a) => ({ clause: '', cells: [a.name] })),
    },
  ];
}

function items(p: Policy): Section[] {
  return p.categories.map((c) => ({
    part: 'items',
    title: c.name,
    note: [c.text, c.clause].filter(Boolean).join(' · '),
    columns: ['序号', '项目名称', '性质', '内容', '标准', '条款'],
    rows: p.items
      .filter((i) => i.category === c.key)
      .map((i) => ({
        clause: i.clause,
        cells: [
          String(i.no),
          i.name,
          i.nature ? nameOf(p.natures, i.nature) : '',
          [i.content, i.note && `（${i.note}）`].filter(Boolean).join(''),
          i.standard ?? '',
        ],
      })),
  }));
}

function management(p: Policy): Section[] {
  return [
    {
      part: 'management',
      title: '项目库',
      columns: ['项目库', '入库条件', '申请与受理', '优先', '规则', '条款'],
      rows: p.libraries.map((l) => ({
        clause: l.clause,
        cells: [
          l.name,
          lines(l.conditions.map((c) => c.text)),
          `${l.applicant}；${l.acceptor}`,
          l.priority,
          lines(l.rules),
        ],
      })),
    },
    {
      part: 'management',
      title: '管理提升检查',
      columns: ['组', '检查内容', '条款'],
      rows: p.management_checks.flatMap((g) => [
        ...g.checks.map((check, i) => ({ clause: g.clause, cells: [`${g.no}.${i + 1} ${g.name}`, check] })),
        ...(g.fields ?? []).map((field, i) => ({ clause: g.clause, cells: [`公示栏（${i + 1}）`, field] })),
      ]),
    },
    {
      part: 'management',
      title: '物业管理方式（每个小区只有一种）',
      columns: ['方式', '条件', '条款'],
      rows: p.management_modes.map((m) => ({ clause: m.clause, cells: [m.name, m.condition] })),
    },
  ];
}

function procedure(p: Policy): Section[] {
  const s = p.survey;
  return [
    {
      part: 'procedure',
      title: '征求意见',
      columns: ['', '', '条款'],
      rows: [
        { clause: s.clause, cells: ['由谁', s.by] },
        { clause: s.clause, cells: ['方式', names(s.means)] },
        { clause: s.clause, cells: ['启动条件', s.start_rule] },
        ...(s.personal_data.length
          ? [{ clause: s.clause, cells: ['个人信息', `${names(s.personal_data)}：只印空白栏，不入库`] }]
          : []),
        ...(s.note ? [{ clause: s.clause, cells: ['说明', s.note] }] : []),
      ],
    },
    {
      part: 'procedure',
      title: '程序',
      columns: ['步骤', '规定', '条款'],
      rows: p.procedure.map((x) => ({ clause: x.clause, cells: [`${x.no} ${x.name}`, lines(x.rules)] })),
    },
  ];
}

function approvals(p: Policy): Section[] {
  return [
    ...p.approvals.map((a) => ({
      part: 'approvals' as const,
      title: a.name,
      note: a.clause,
      columns: ['情形', '办理', '歧义'],
      rows: a.rows.map((r) => ({ clause: names(r.see_also), cells: [r.text, r.outcome] })),
    })),
    {
      part: 'approvals',
      title: '判断所需的项目情况',
      columns: ['事项', '单位', ''],
      rows: p.approval_inputs.map((i) => ({ clause: '', cells: [i.name, i.unit ?? ''] })),
    },
  ];
}

function money(p: Policy): Section {
  return {
    part: 'money',
    title: '资金渠道',
    columns: ['渠道', '方式', '规定', '条款'],
    rows: p.funding.map((f) => ({ clause: f.clause, cells: [f.name, lines(f.means), lines(f.rules)] })),
  };
}

function actors(p: Policy): Section[] {
  const when = (d: Policy['dates'][number]) =>
    d.on
      ? d.on
      : d.day_of_month !== undefined && d.day_of_month !== null
        ? `每月${d.day_of_month}日`
        : d.days !== undefined && d.days !== null
          ? `${d.after ?? ''}后${d.days}日`
          : '';
  return [
    {
      part: 'actors',
      title: '职责与账号',
      columns: ['单位', '职责', '账号角色', '条款'],
      rows: p.actors.map((a) => ({
        clause: a.clause,
        cells: [
          a.bodies?.length ? `${a.name}（${names(a.bodies)}）` : a.name,
          names(a.duties),
          a.role ? (roles[a.role] ?? a.role) : '—',
        ],
      })),
    },
    {
      part: 'actors',
      title: '时限',
      columns: ['事项', '时间', '报送', '条款'],
      rows: p.dates.map((d) => ({
        clause: d.clause,
        cells: [
          [d.name, d.text && `（${d.text}）`].filter(Boolean).join(''),
          when(d),
          d.from || d.to ? `${d.from ?? ''} → ${d.to ?? ''}` : '',
        ],
      })),
    },
  ];
}

function forms(p: Policy): Section[] {
  return p.forms.map((f) => ({
    part: 'forms',
    title: f.title,
    note: f.clause,
    columns: ['', '', ''],
    rows: [
      { clause: '', cells: ['表头', names(f.header)] },
      ...(f.blocks ?? []).map((b) => ({ clause: '', cells: [b.title, names(b.fields)] })),
      ...(f.columns?.length
        ? [
            {
              clause: '',
              cells: [
                `列（${f.columns.length}）`,
                names(f.columns.map((c) => [...(c.path ?? []), c.name].join(' / '))),
              ],
            },
          ]
        : []),
      ...(f.same_as
        ? [
            {
              clause: '',
              cells: ['版式', `同${p.forms.find((x) => x.key === f.same_as)?.clause ?? f.same_as}`],
            },
          ]
        : []),
      ...(f.footer?.length ? [{ clause: '', cells: ['表尾', names(f.footer)] }] : []),
      ...(f.notes ?? []).map((n, i) => ({ clause: '', cells: [`说明${i + 1}`, n] })),
    ],
  }));
}

/** The rows that hold every word of the query, in their sections. */
export function find(sections: readonly Section[], query: string): Section[] {
  const wanted = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return [];
  return sections
    .map((s) => ({
      ...s,
      rows: s.rows.filter((r) => {
        const text = [s.title, r.clause, ...r.cells].join(' ').toLowerCase();
        return wanted.every((w) => text.includes(w));
      }),
    }))
    .filter((s) => s.rows.length > 0);
}

/** Splits a text where the query stands in it, so that it can be marked. */
export function marked(text: string, query: string): { text: string; hit: boolean }[] {
  const wanted = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const pieces: { text: string; hit: boolean }[] = [];
  let rest = text;
  while (rest) {
    const low = rest.toLowerCase();
    const hits = wanted.map((w) => [low.indexOf(w), w.length] as const).filter(([at]) => at >= 0);
    const first = hits.toSorted((a, b) => a[0] - b[0] || b[1] - a[1])[0];
    if (!first) break;
    const [at, length] = first;
    if (at > 0) pieces.push({ text: rest.slice(0, at), hit: false });
    pieces.push({ text: rest.slice(at, at + length), hit: true });
    rest = rest.slice(at + length);
  }
  if (rest) pieces.push({ text: rest, hit: false });
  return pieces;
}
