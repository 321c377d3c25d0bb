export const words = {
  'part.about': ['概况', 'About'],
  'part.works': ['改造内容', 'Works'],
  'part.money': ['资金', 'Funds'],
  'part.approval': ['审批', 'Approval'],
  'part.progress': ['进度', 'Progress'],
  'part.papers': ['资料', 'Papers'],
} as const;
