// Prices pasted from a spreadsheet: a row an item, with its number or name, unit,
// price and source, in that order, separated by tabs or commas. Headings and rows
// that are no price are said, not dropped in silence.
import type { Price } from '../api/works';
import { figure } from './sums';

type Fault = 'item' | 'unit' | 'price' | 'twice';
export interface Pasted {
  prices: Price[];
  faults: { row: number; text: string; why: Fault }[];
}

export function readPrices(text: string, items: readonly { no: number; name: string }[]): Pasted {
  const out: Pasted = { prices: [], faults: [] };
  const rows = text.split(/\r?\n/);
  rows.forEach((row, i) => {
    if (row.trim() === '') return;
    const cells = cellsOf(row);
    const item = itemOf(cells[0] ?? '', items);
    if (!item && i === 0 && !cells.some((c) => typeof figure(c) === 'number')) return; // a heading
    const rest = item && itemOf(cells[1] ?? '', items) === item ? cells.slice(2) : cells.slice(1);
    const read = priceOf(item, rest, out.prices);
    if (typeof read === 'string') out.faults.push({ row: i + 1, text: row.trim(), why: read });
    else out.prices.push(read);
  });
  return out;
}

/** The price of a row, or what is wrong with it. */
function priceOf(
  item: { no: number } | undefined,
  [unit = '', price = '', source = '']: readonly string[],
  taken: readonly Price[],
): Price | Fault {
  if (!item) return 'item';
  if (unit === '' || typeof figure(unit) === 'number') return 'unit';
  const value = figure(price.replace(/元$/, ''));
  if (typeof value !== 'number') return 'price';
  if (taken.some((p) => p.item_no === item.no)) return 'twice';
  return { item_no: item.no, unit, price_yuan: value, source };
}

/** Tabs part cells; where there are none, commas do. */
const cellsOf = (row: string): string[] =>
  row.split(row.includes('\t') ? '\t' : /[,，]/).map((c) => c.trim());

function itemOf(cell: string, items: readonly { no: number; name: string }[]) {
  const no = /^第?(\d+)项?$/.exec(cell)?.[1];
  return items.find((i) => (no ? i.no === Number(no) : i.name === cell));
}
