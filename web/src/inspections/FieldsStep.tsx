// Where the fields of the file go: guessed from their names and values, put right
// by the person. Personal data is named and never read.
import { useDistrict, useFacilityTypes } from '../api/queries';
import { AreaQuestion } from '../data/AreaQuestion';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count } from '../language/format';
import { Field } from '../ui/Field';
import { Select } from '../ui/Select';
import ui from '../ui/ui.module.css';
import { decided, mapped, ofLayer } from './decisions';
import own from './inspections.module.css';
import type { StepProps } from './useDecide';
import { words } from './words';

export default function FieldsStep({ inspection, layer, deciding }: StepProps) {
  const t = useWords(words);
  const fields = layer.fields ?? [];
  const choices = layer.choices ?? [];
  const values = layer.values ?? [];
  return (
    <>
      {layer.area_unit && (
        <div className={css.section}>
          <AreaQuestion
            question={layer.area_unit}
            onAnswer={async (unit) => deciding.change((d) => decided(d, layer.name, { area_unit: unit }))}
          />
        </div>
      )}
      {layer.target.layer === 'facilities' && (
        <FacilityTypeChoice
          district={inspection.district}
          value={ofLayer(inspection.decisions, layer.name).type ?? ''}
          busy={deciding.busy}
          onChoose={(type) => deciding.change((d) => decided(d, layer.name, { type }))}
        />
      )}
      <div className={css.section}>
        <h3>{t('fieldsTitle')}</h3>
        {fields.length === 0 ? (
          <p className={own.fine}>{t('noFields')}</p>
        ) : (
          <table className={own.table} data-testid="fields">
            <thead>
              <tr>
                <th>{t('fileField')}</th>
                <th>{t('samples')}</th>
                <th>{t('registerField')}</th>
              </tr>
            </thead>
            <tbody>
              {fields.map((f) => (
                <tr key={f.name}>
                  <td>
                    <strong>{f.name}</strong>
                    <div className={ui.hint}>{t('filled', { n: count(f.filled) })}</div>
                  </td>
                  <td className={own.samples}>{f.personal ? '' : (f.samples ?? []).join('、')}</td>
                  <td className={own.control}>
                    {f.personal ? (
                      <span className={`${ui.badge} ${ui.plain} ${ui.warnTone}`}>{t('personal')}</span>
                    ) : (
                      <Select
                        label={`${f.name}：${t('registerField')}`}
                        value={f.target}
                        disabled={deciding.busy}
                        onChange={(target) => deciding.change((d) => mapped(d, layer.name, f.name, target))}
                        testId={`field-${f.name}`}
                        options={[
                          { value: '', label: t('leftOut') },
                          ...choices.map((c) => ({ value: c.key, label: c.title, detail: c.key })),
                        ]}
                      />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      {values.length > 0 && (
        <div className={css.section}>
          <h3>
            {t('valuesTitle')}
            <span className={ui.hint}>
              {layer.value_count > values.length
                ? t('firstOf', { n: values.length, total: count(layer.value_count) })
                : count(layer.value_count)}
            </span>
          </h3>
          <div className={own.short}>
            <table className={own.table}>
              <thead>
                <tr>
                  <th>{t('colRow')}</th>
                  <th>{t('what')}</th>
                  <th>{t('beforeValue')}</th>
                  <th>{t('afterValue')}</th>
                </tr>
              </thead>
              <tbody>
                {values.map((v, i) => (
                  <tr key={`${v.row}-${i.toString()}`}>
                    <td>{v.row}</td>
                    <td>{v.what}</td>
                    <td>{v.before}</td>
                    <td>{v.after}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </div>
      )}
    </>
  );
}

function FacilityTypeChoice({
  district,
  value,
  busy,
  onChoose,
}: {
  district: string;
  value: string;
  busy: boolean;
  onChoose: (type: string) => void;
}) {
  const t = useWords(words);
  const profile = useDistrict(district).data?.profile_key ?? '';
  const types = useFacilityTypes(profile).data ?? [];
  return (
    <div className={css.section}>
      <Field label={t('type')} hint={t('typeHint')}>
        {(id) => (
          <Select
            id={id}
            label={t('type')}
            value={value}
            disabled={busy}
            onChange={onChoose}
            testId="facility-type-of-rows"
            options={[
              { value: '', label: t('noColumn') },
              ...types.map((f) => ({ value: f.key, label: f.name })),
            ]}
          />
        )}
      </Field>
    </div>
  );
}
