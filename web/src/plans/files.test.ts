import { expect, it } from 'vitest';
import { type FileChoice, fileParameters } from './files';

it('a file is asked for with the settings that its format takes notice of', () => {
  const choice: FileChoice = { format: 'xlsx', crs: 'EPSG:4545', encoding: 'gbk', paper: 'A1' };
  const of = (format: FileChoice['format']) => fileParameters({ ...choice, format });
  expect(of('xlsx')).toEqual({ format: 'xlsx' });
  expect(of('shp')).toEqual({ format: 'shp', crs: 'EPSG:4545', encoding: 'gbk' });
  expect(of('gpkg')).toEqual({ format: 'gpkg', crs: 'EPSG:4545' });
  expect(of('pdf')).toEqual({ format: 'pdf', paper: 'A1' });
  expect(of('kml')).toEqual({ format: 'kml' });
});
