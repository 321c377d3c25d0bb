// Sums of money: typed as people write them, counted in whole fen, shown in
// yuan or 万元. Nothing is added up in floating yuan.

const groups = new Intl.NumberFormat('zh-CN', { minimumFractionDigits: 0, maximumFractionDigits: 2 });
const wans = new Intl.NumberFormat('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const fen = (yuan: number): number => Math.round(yuan * 100);

/** Adds sums of yuan up exactly. */
export const sum = (yuans: readonly number[]): number => yuans.reduce((all, y) => all + fen(y), 0) / 100;

/** e.g. 1,234,567.89 */
export const yuan = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value) ? '—' : groups.format(value);

/** e.g. 123.46 万元; small sums stay in yuan. */
export function wan(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—';
  return Math.abs(value) >= 10_000 ? `${wans.format(value / 10_000)} 万元` : `${groups.format(value)} 元`;
}

/** Reads a figure: "" is null, what is no figure of at least 0 is undefined. */
export function figure(text: string): number | null | undefined {
  const clean = text.replaceAll(/[,，\s]/g, '');
  if (clean === '') return null;
  if (!/^\d+(\.\d+)?$/.test(clean)) return undefined;
  const value = Number(clean);
  return Number.isFinite(value) ? value : undefined;
}

/** How a figure stands in a field. */
export const typed = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : String(value);
