// Prices pasted from a spreadsheet: a row an item, with its number or name, unit,
// price and source, in that order, separated by tabs or commas. Headings and rows
// that are no price are said, not dropped in silence.
import type { Price } from '../api/works';
import { figure } from './sums';

export interface Pasted {
  prices: Price[];
  faults: { row: number; text: string; why: 'item' | 'unit' | 'price' | 'twice' }[];
}

export function readPrices(text: string, items: readonly { no: number; name: string }[]): Pasted {
  const out: Pasted = { prices: [], faults: [] };
  const rows = text.split(/\r?\n/);
  rows.forEach((row, i) => {
    if (row.trim() === '') return;
    const cells = cellsOf(row);
    const item = itemOf(cells[0] ?? '', items);
    const rest = item && itemOf(cells[1] ?? '', items) === item ? cells.slice(2) : cells.slice(1);
    const [unit = '', price = '', source = ''] = rest;
    if (!item && i === 0 && !cells.some((c) => typeof figure(c) === 'number')) return; // a heading
    const fault = (why: Pasted['faults'][number]['why']) => out.faults.push({ row: i + 1, text: row.trim(), why });
    if (!item) return void fault('item');
    if (unit === '' || typeof figure(unit) === 'number') return void fault('unit');
    const value = figure(price.replace(/元$/, ''));
    if (typeof value !== 'number') return void fault('price');
    if (out.prices.some((p) => p.item_no === item.no)) return void fault('twice');
    out.prices.push({ item_no: item.no, unit, price_yuan: value, source });
  });
  return out;
}

/** Tabs part cells; where there are none, commas do. */
const cellsOf = (row: string): string[] => row.split(row.includes('\t') ? '\t' : /[,，]/).map((c) => c.trim());

function itemOf(cell: string, items: readonly { no: number; name: string }[]) {
  const no = /^第?(\d+)项?$/.exec(cell)?.[1];
  return items.find((i) => (no ? i.no === Number(no) : i.name === cell));
}
