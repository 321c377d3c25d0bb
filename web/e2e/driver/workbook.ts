// Opens an exported XLSX: a small ZIP reader and the cells of its sheets.
import { inflateRawSync } from 'node:zlib';

/** The files of a ZIP archive by name. */
export function unzip(zip: Buffer): Map<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('not a ZIP archive');
  const files = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const method = zip.readUInt16LE(at + 10);
    const size = zip.readUInt32LE(at + 20);
    const [nameLength, extra, comment] = [28, 30, 32].map((o) => zip.readUInt16LE(at + o)) as [
      number,
      number,
      number,
    ];
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const body = zip.subarray(start, start + size);
    files.set(name, method === 0 ? body : inflateRawSync(body));
    at += 46 + nameLength + extra + comment;
  }
  return files;
}

export interface Sheet {
  name: string;
  /** Rows of cells as text, as Excel would show them before formatting. */
  rows: string[][];
  /** Formulas by cell name, e.g. "C9". */
  formulas: Map<string, string>;
}

/** The sheets of a workbook in their order. */
export function readWorkbook(file: Buffer): Sheet[] {
  const parts = unzip(file);
  const text = (name: string) => parts.get(name)?.toString('utf8') ?? '';
  const shared = [...text('xl/sharedStrings.xml').matchAll(/<si>(.*?)<\/si>/gs)].map((m) =>
    words(m[1] ?? ''),
  );
  const targets = new Map(
    [...text('xl/_rels/workbook.xml.rels').matchAll(/<Relationship\b[^>]*>/g)].map((m) => [
      attribute(m[0], 'Id'),
      attribute(m[0], 'Target').replace(/^\/?(xl\/)?/, 'xl/'),
    ]),
  );
  return [...text('xl/workbook.xml').matchAll(/<sheet\b[^>]*>/g)].map((m) => {
    const sheet: Sheet = { name: attribute(m[0], 'name'), rows: [], formulas: new Map() };
    const xml = text(targets.get(attribute(m[0], 'r:id')) ?? '');
    for (const cell of xml.matchAll(/<c\b([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)) {
      const place = attribute(cell[1] ?? '', 'r');
      const [, letters = '', row = '0'] = /^([A-Z]+)(\d+)$/.exec(place) ?? [];
      const column = [...letters].reduce((n, l) => n * 26 + l.charCodeAt(0) - 64, 0) - 1;
      const body = cell[2] ?? '';
      const formula = /<f[^>]*>(.*?)<\/f>/s.exec(body)?.[1];
      if (formula) sheet.formulas.set(place, plain(formula));
      const kind = attribute(cell[1] ?? '', 't');
      const value = /<v[^>]*>(.*?)<\/v>/s.exec(body)?.[1] ?? '';
      const line = sheet.rows[Number(row) - 1] ?? [];
      sheet.rows[Number(row) - 1] = line;
      line[column] =
        kind === 's' ? (shared[Number(value)] ?? '') : kind === 'inlineStr' ? words(body) : plain(value);
    }
    return sheet;
  });
}

const attribute = (xml: string, name: string) =>
  plain(new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(xml)?.[1] ?? '');
const words = (xml: string) =>
  [...xml.matchAll(/<t[^>]*>(.*?)<\/t>/gs)].map((m) => plain(m[1] ?? '')).join('');
const plain = (xml: string) =>
  xml.replace(/&(lt|gt|quot|apos|amp|#x?[0-9a-fA-F]+);/g, (all, what: string) =>
    what.startsWith('#x')
      ? String.fromCodePoint(Number.parseInt(what.slice(2), 16))
      : what.startsWith('#')
        ? String.fromCodePoint(Number(what.slice(1)))
        : ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }[what] ?? all),
  );
