// What a package is to hold, as a person puts it together; the last order of
// each district is remembered in the browser. Pure functions but for the store.
import type { Order } from '../api/packages';
import { isCrs } from '../crs/crs';

/** Parts that can be ordered, in the order they are shown and packed. */
export const papers = ['A3', 'A4', 'A1'] as const;
export type Paper = (typeof papers)[number];
export const documents = ['atlas', 'forms', 'book', 'report'] as const;
export const gisFormats = [
  'geopackage',
  'shapefile',
  'dxf',
  'kml',
  'kmz',
  'geojson',
  'flatgeobuf',
  'csv',
] as const;
export const parts = [...documents, ...gisFormats] as const;
export type Part = (typeof parts)[number];
export const encodings = ['utf-8', 'gbk'] as const;
export type Encoding = (typeof encodings)[number];

/** An order without its zones and scenario, which the panel knows. */
export interface OrderDraft {
  title: string;
  author: string;
  reviewer: string;
  /** Plan period, 2026–2028; "" as the phasing has it. */
  period: string;
  parts: Part[];
  paper: Paper;
  grey: boolean;
  crs: string;
  encoding: Encoding;
  /** Of the monthly forms, YYYY-MM; "" is the newest that is closed. */
  month: string;
}

/** What a bureau files: everything on paper, and one GIS and one CAD file. */
export const usual = (crs: string): OrderDraft => ({
  title: '',
  author: '',
  reviewer: '',
  period: '',
  parts: ['atlas', 'forms', 'book', 'report', 'geopackage', 'shapefile', 'dxf'],
  paper: 'A3',
  grey: false,
  crs,
  encoding: 'utf-8',
  month: '',
});

export type OrderFault = 'parts' | 'crs' | 'month';

/** Why an order cannot be sent. */
export function orderFault(o: OrderDraft): OrderFault | null {
  if (o.parts.length === 0) return 'parts';
  if (!isCrs(o.crs)) return 'crs';
  if (o.month && !/^\d{4}-(0[1-9]|1[0-2])$/.test(o.month)) return 'month';
  return null;
}

/** A part comes in or goes out; the parts keep their order. */
export function toggled(o: OrderDraft, part: Part): OrderDraft {
  const has = o.parts.includes(part);
  return { ...o, parts: parts.filter((p) => (p === part ? !has : o.parts.includes(p))) };
}

/** Settings that an order's parts take notice of. */
export const asks = {
  paper: (o: OrderDraft) => o.parts.includes('atlas'),
  crs: (o: OrderDraft) => gisFormats.some((f) => o.parts.includes(f)),
  encoding: (o: OrderDraft) => o.parts.includes('shapefile') || o.parts.includes('csv'),
  month: (o: OrderDraft) => o.parts.includes('forms'),
};

/** The order as the service takes it; the sheets stand in the order of the zones. */
export function orderOf(o: OrderDraft, scenario: string | null, zones: readonly { code: string }[]): Order {
  const some = (text: string) => text.trim() || undefined;
  return {
    title: some(o.title),
    author: some(o.author),
    period: some(o.period),
    scenario: scenario ?? undefined,
    zones: zones.map((z) => z.code),
    parts: [...o.parts],
    crs: asks.crs(o) ? o.crs : undefined,
    encoding: asks.encoding(o) ? o.encoding : undefined,
    month: asks.month(o) ? some(o.month) : undefined,
    atlas: asks.paper(o)
      ? { paper: o.paper, reviewer: some(o.reviewer), grey: o.grey || undefined }
      : undefined,
  };
}

const key = (district: string) => `lianpian-order-${district}`;

/** The last order of a district. What is stored may be of another day: only what still makes sense counts. */
export function remembered(district: string, crs: string): OrderDraft {
  const plain = usual(crs);
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key(district)) ?? 'null');
    return typeof stored === 'object' && stored !== null ? adopted(plain, stored) : plain;
  } catch {
    return plain;
  }
}

export function adopted(plain: OrderDraft, stored: object): OrderDraft {
  const of = stored as Partial<Record<keyof OrderDraft, unknown>>;
  const text = (v: unknown, most: number) => (typeof v === 'string' ? v.slice(0, most) : '');
  const wanted = parts.filter((p) => Array.isArray(of.parts) && of.parts.includes(p));
  return {
    title: text(of.title, 100),
    author: text(of.author, 100),
    reviewer: text(of.reviewer, 50),
    period: text(of.period, 50),
    parts: wanted.length > 0 ? wanted : plain.parts,
    paper: papers.find((p) => p === of.paper) ?? plain.paper,
    grey: of.grey === true,
    crs: typeof of.crs === 'string' && isCrs(of.crs) ? of.crs : plain.crs,
    encoding: encodings.find((e) => e === of.encoding) ?? plain.encoding,
    // A month is right for one order only; the newest is right for the next.
    month: '',
  };
}

export function remember(district: string, o: OrderDraft): void {
  try {
    localStorage.setItem(key(district), JSON.stringify(o));
  } catch {
    // A browser that keeps nothing asks anew next time.
  }
}
