// What the coordinates are in: ways to read them with the share of rows that then
// lie inside the district, and the shift of web maps, measured.
import { useState } from 'react';
import type { LayerDiagnosis, PlaceColumns } from '../api/inspections';
import { useDistrict } from '../api/queries';
import { CrsPicker } from '../crs/CrsPicker';
import { isCrs } from '../crs/crs';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { metres, percent } from '../language/format';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { Select } from '../ui/Select';
import { Notice } from '../ui/State';
import ui from '../ui/ui.module.css';
import { decided, ofLayer, reading, shifted } from './decisions';
import own from './inspections.module.css';
import { ShiftCard } from './ShiftCard';
import type { Deciding, StepProps } from './useDecide';
import { words } from './words';

export default function CrsStep({ inspection, diagnosis, layer, deciding }: StepProps) {
  const t = useWords(words);
  const district = useDistrict(inspection.district).data;
  const { crs } = layer;
  const candidates = crs.candidates ?? [];
  const [other, setOther] = useState<string | null>(null);
  const same = (c: { crs: string; axes: string; unit: string }) =>
    c.crs === crs.chosen && c.axes === crs.axes && c.unit === crs.unit;
  const outside = layer.outside;
  return (
    <>
      {layer.columns && <Places layer={layer} deciding={deciding} />}
      <div className={css.section}>
        <h3>{t('readAs')}</h3>
        <p className={ui.hint}>
          {crs.declared ? `${t('declared')}：${crs.declared}` : t('undeclared')}
          {crs.reason && ` · ${crs.reason}`}
        </p>
        <ul className={own.candidates} data-testid="crs-candidates">
          {candidates.map((c) => (
            <li key={`${c.crs} ${c.axes} ${c.unit}`}>
              <label>
                <input
                  type="radio"
                  name="way"
                  checked={same(c)}
                  disabled={deciding.busy}
                  onChange={() =>
                    deciding.change((d) => decided(d, layer.name, { crs: c.crs, ...reading(c.axes, c.unit) }))
                  }
                  data-testid={`way-${c.crs}-${c.axes}`}
                />
                <span>
                  <strong>{c.name || c.crs}</strong>
                  <span>
                    {[
                      c.name ? c.crs : '',
                      c.axes === 'yx' ? t('axes.yx') : '',
                      c.unit === 'mm' || c.unit === 'cm' || c.unit === 'km' ? t(`unit.${c.unit}`) : '',
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                </span>
                <span className={own.share}>
                  <span className={ui.bar}>
                    <i style={{ width: `${100 * c.inside}%` }} />
                  </span>
                  <span>{t('inside', { share: percent(c.inside) })}</span>
                </span>
              </label>
            </li>
          ))}
        </ul>
        {other === null ? (
          <div>
            <Button small onClick={() => setOther(crs.chosen || `EPSG:${district?.gk_srid ?? 4545}`)}>
              {t('otherCrs')}
            </Button>
          </div>
        ) : (
          <>
            <CrsPicker value={other} own={district?.gk_srid ?? 4545} onChange={setOther} />
            <div>
              <Button
                small
                tone="primary"
                disabled={!isCrs(other) || deciding.busy}
                onClick={() => {
                  deciding.change((d) => decided(d, layer.name, { crs: other, axes: 'xy', unit: '' }));
                  setOther(null);
                }}
              >
                {t('useThis')}
              </Button>
            </div>
          </>
        )}
      </div>
      <div className={css.section}>
        <h3>{t('shift')}</h3>
        {layer.shift ? (
          <ShiftCard
            shift={layer.shift}
            chosen={
              ofLayer(inspection.decisions, layer.name).datum ||
              ofLayer(diagnosis.proposal, layer.name).datum ||
              layer.shift.proposed
            }
            busy={deciding.busy}
            onChoose={(datum) => deciding.change((d) => decided(d, layer.name, shifted(datum, layer)))}
          />
        ) : (
          <p className={own.fine}>{t('shiftNone')}</p>
        )}
      </div>
      <div className={css.section}>
        <h3>{t('outside')}</h3>
        {outside.count === 0 ? (
          <p className={own.fine}>{t('noneOutside')}</p>
        ) : (
          <Notice tone="warn">
            {t('outsideText', {
              n: outside.count,
              far: metres(outside.farthest_m),
              rows: `${(outside.rows ?? []).slice(0, 20).join('、')}${outside.count > 20 ? '…' : ''}`,
            })}
          </Notice>
        )}
      </div>
    </>
  );
}

/** Where a table has its places; what was found can be put right. */
function Places({ layer, deciding }: { layer: LayerDiagnosis; deciding: Deciding }) {
  const t = useWords(words);
  const columns: PlaceColumns = layer.columns ?? {};
  const names = [
    ...new Set([
      ...(layer.fields ?? []).map((f) => f.name),
      ...[columns.x, columns.y, columns.wkt].filter((n): n is string => !!n),
    ]),
  ];
  const options = [{ value: '', label: t('noColumn') }, ...names.map((value) => ({ value, label: value }))];
  return (
    <div className={css.section}>
      <h3>{t('places')}</h3>
      <div className={own.three}>
        {(['x', 'y', 'wkt'] as const).map((key) => (
          <Field key={key} label={t(`place.${key}`)}>
            {(id) => (
              <Select
                id={id}
                label={t(`place.${key}`)}
                value={columns[key] ?? ''}
                disabled={deciding.busy}
                testId={`place-${key}`}
                options={options}
                onChange={(name) =>
                  deciding.change((d) =>
                    decided(d, layer.name, {
                      columns:
                        key === 'wkt' && name
                          ? { wkt: name }
                          : {
                              ...columns,
                              [key]: name || undefined,
                              ...(key === 'wkt' ? {} : { wkt: undefined }),
                            },
                    }),
                  )
                }
              />
            )}
          </Field>
        ))}
      </div>
    </div>
  );
}
