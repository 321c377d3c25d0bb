// What a scenario is compared with: another scenario as it is, or a scenario
// (mostly the same one) as it was at a revision. In the address: "code" or "code@7".
export interface Against {
  code: string;
  revision: number | null;
}

export function parseAgainst(text: string | null): Against | null {
  if (!text) return null;
  const at = text.lastIndexOf('@');
  if (at < 0) return { code: text, revision: null };
  const revision = Number(text.slice(at + 1));
  const code = text.slice(0, at);
  return code && Number.isInteger(revision) && revision >= 0 ? { code, revision } : null;
}
export const formatAgainst = ({ code, revision }: Against): string =>
  revision === null ? code : `${code}@${revision}`;
