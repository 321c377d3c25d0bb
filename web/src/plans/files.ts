// The formats of single files, and the settings that each takes notice of.
import { isCrs } from '../crs/crs';
import { type Encoding, encodings, type Paper, papers } from './order';

/** As the service names them; "shp" comes as a ZIP. */
export const fileFormats = [
  'xlsx',
  'pdf',
  'docx',
  'gpkg',
  'shp',
  'dxf',
  'kml',
  'kmz',
  'geojson',
  'fgb',
  'csv',
] as const;
export type FileFormat = (typeof fileFormats)[number];

export interface FileChoice {
  format: FileFormat;
  crs: string;
  encoding: Encoding;
  paper: Paper;
}

/** GeoJSON stays in longitude and latitude here: what reads single files expects that. */
export const asksOf = (format: FileFormat) => ({
  crs: format === 'gpkg' || format === 'shp' || format === 'dxf' || format === 'fgb' || format === 'csv',
  encoding: format === 'shp' || format === 'csv',
  paper: format === 'pdf',
});

/** What the address of the file carries. */
export function fileParameters(c: FileChoice): Record<string, string> {
  const asks = asksOf(c.format);
  return {
    format: c.format,
    ...(asks.crs ? { crs: c.crs } : {}),
    ...(asks.encoding ? { encoding: c.encoding } : {}),
    ...(asks.paper ? { paper: c.paper } : {}),
  };
}

const key = (district: string) => `lianpian-file-${district}`;

export function rememberedFile(district: string, crs: string): FileChoice {
  const plain: FileChoice = { format: 'xlsx', crs, encoding: 'utf-8', paper: 'A3' };
  try {
    const stored = JSON.parse(localStorage.getItem(key(district)) ?? '{}') as Partial<
      Record<keyof FileChoice, unknown>
    >;
    return {
      format: fileFormats.find((f) => f === stored.format) ?? plain.format,
      crs: typeof stored.crs === 'string' && isCrs(stored.crs) ? stored.crs : plain.crs,
      encoding: encodings.find((e) => e === stored.encoding) ?? plain.encoding,
      paper: papers.find((p) => p === stored.paper) ?? plain.paper,
    };
  } catch {
    return plain;
  }
}

export function rememberFile(district: string, c: FileChoice): void {
  try {
    localStorage.setItem(key(district), JSON.stringify(c));
  } catch {
    // A browser that keeps nothing asks anew next time.
  }
}
