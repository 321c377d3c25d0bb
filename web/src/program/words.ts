export const words = {
  title: ['计划', 'Program'],
  'tab.board': ['看板', 'Board'],
  'tab.projects': ['项目', 'Projects'],
  'tab.surveys': ['征询', 'Surveys'],
  'tab.money': ['资金', 'Funds'],
  'tab.approvals': ['审批', 'Approvals'],
  'tab.months': ['月报', 'Reports'],
  'tab.years': ['年度', 'Years'],
  'tab.policy': ['方案', 'Policy'],
} as const;
