// Figures of projects as people write and read them.

/** What a person typed as a number; null where it is none. Spaces and commas between thousands are let through. */
export function numberOf(text: string): number | null {
  const clean = text.replace(/[\s,，]/g, '');
  const n = Number(clean);
  return clean !== '' && Number.isFinite(n) && n >= 0 ? n : null;
}

/** 万元 as they are kept: to the yuan. */
export const wanOf = (wan: number | null | undefined): string =>
  wan === null || wan === undefined
    ? '—'
    : new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 4 }).format(wan);

/** The provision of a rule with its clause, once. */
export const ruleOf = ({ clause, rule }: { clause: string; rule: string }): string =>
  rule.includes(clause) ? rule : `${clause} ${rule}`;
