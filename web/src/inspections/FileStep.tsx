// The file as such: what it is, what is odd in it, and where each of its layers goes.
import type { Diagnosis, Inspection } from '../api/inspections';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, fileSize, moment } from '../language/format';
import { Icon } from '../ui/icons';
import { Select } from '../ui/Select';
import { Notice } from '../ui/State';
import { decided } from './decisions';
import { useInspectionDesk } from './desk';
import own from './inspections.module.css';
import type { Deciding } from './useDecide';
import { words } from './words';

export const targets = [
  'communities',
  'buildings',
  'facilities',
  'zones',
  'neighborhoods',
  'roads',
  'barriers',
  'idle_buildings',
] as const;
/** A target as decisions know it; '' where there is none yet. */
const targetOf = (layer: string) => ([...targets, 'none'] as const).find((x) => x === layer) ?? ('' as const);
const encodings = ['UTF-8', 'GB18030', 'Big5', 'UTF-16'] as const;
/** Formats whose texts may be in any encoding. */
const encoded = ['shapefile', 'csv', 'dxf'];

const severityIcons = { info: 'info', warning: 'warning', error: 'close' } as const;

export function FileStep({
  inspection,
  diagnosis,
  deciding,
}: {
  inspection: Inspection;
  diagnosis: Diagnosis;
  deciding: Deciding;
}) {
  const t = useWords(words);
  const findings = diagnosis.findings ?? [];
  const chosen = inspection.decisions.encoding ?? '';
  return (
    <>
      <div className={css.section}>
        <dl className={css.facts}>
          <div>
            <dt>{t('format')}</dt>
            <dd data-testid="file-format">{formatName(diagnosis.format || inspection.format)}</dd>
          </div>
          <div>
            <dt>{t('size')}</dt>
            <dd>
              {fileSize(inspection.size)} · {count(diagnosis.rows)} {t('rows')}
            </dd>
          </div>
          <div>
            <dt>{t('sent')}</dt>
            <dd>{t('by', { who: inspection.created_by, when: moment(inspection.created_at) })}</dd>
          </div>
          {encoded.includes(diagnosis.format) && (
            <div>
              <dt>{t('encoding')}</dt>
              <dd className={own.control}>
                <Select
                  label={t('encoding')}
                  value={chosen}
                  disabled={deciding.busy}
                  onChange={(encoding) => deciding.change((d) => ({ ...d, encoding: encoding || undefined }))}
                  testId="encoding"
                  options={[
                    {
                      value: '',
                      label: diagnosis.encoding
                        ? t('encodingFound', { found: diagnosis.encoding })
                        : t('encodingAuto'),
                    },
                    ...encodings.map((value) => ({ value: value as string, label: value })),
                  ]}
                />
              </dd>
            </div>
          )}
        </dl>
        {diagnosis.path !== '' && (
          <Notice>
            {t(
              diagnosis.path === 'osm'
                ? 'path.osm'
                : diagnosis.path === 'elevation'
                  ? 'path.elevation'
                  : 'path.ledger',
            )}
          </Notice>
        )}
      </div>
      {diagnosis.path === '' && <Layers diagnosis={diagnosis} deciding={deciding} />}
      <div className={css.section}>
        <h3>{t('findings')}</h3>
        {findings.length === 0 ? (
          <p className={own.fine}>{t('noFindings')}</p>
        ) : (
          <ul className={own.findings} data-testid="findings">
            {findings.map((f, i) => (
              <li key={`${f.kind}-${i.toString()}`} data-kind={f.kind} data-severity={f.severity}>
                <b>
                  <Icon name={severityIcons[f.severity]} size={14} />
                  {t(`severity.${f.severity}`)}
                </b>
                <em>{f.detail}</em>
                {(f.layer || f.row) && (
                  <span>{[f.layer, f.row ? t('row', { n: f.row }) : ''].filter(Boolean).join(' · ')}</span>
                )}
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

function Layers({ diagnosis, deciding }: { diagnosis: Diagnosis; deciding: Deciding }) {
  const t = useWords(words);
  const layer = useInspectionDesk((s) => s.layer);
  const setLayer = useInspectionDesk((s) => s.setLayer);
  return (
    <div className={css.section}>
      <h3>{t('layers')}</h3>
      <ul className={own.layers} data-testid="layers">
        {(diagnosis.layers ?? []).map((l) => (
          <li key={l.name} aria-current={l.name === layer}>
            <button type="button" onClick={() => setLayer(l.name)}>
              <strong>{l.name || '—'}</strong>
              <span>
                {t(shapeWord(l.shape))} · {count(l.rows)} {t('rows')}
                {l.target.reason && ` · ${l.target.reason}`}
              </span>
            </button>
            <div className={own.control}>
              <Select
                label={`${l.name}：${t('into')}`}
                value={targetOf(l.target.layer)}
                disabled={deciding.busy}
                onChange={(target) => deciding.change((d) => decided(d, l.name, { target }))}
                testId={`target-${l.name}`}
                options={[
                  ...(targetOf(l.target.layer) === '' ? [{ value: '' as const, label: t('target.') }] : []),
                  ...[...targets, 'none' as const].map((value) => ({ value, label: t(`target.${value}`) })),
                ]}
              />
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

const names: Readonly<Record<string, string>> = {
  shapefile: 'Shapefile',
  geopackage: 'GeoPackage',
  geojson: 'GeoJSON',
  kml: 'KML',
  kmz: 'KMZ',
  dxf: 'DXF',
  flatgeobuf: 'FlatGeobuf',
  csv: 'CSV',
  xlsx: 'XLSX',
  osm_pbf: 'OpenStreetMap PBF',
  osm_xml: 'OpenStreetMap XML',
  geotiff: 'GeoTIFF',
  hgt: 'HGT',
};
const formatName = (format: string) => names[format] ?? format;

const shapes = ['point', 'line', 'area', 'mixed'] as const;
const shapeWord = (shape: string) => `shape.${shapes.find((s) => s === shape) ?? ''}` as const;
