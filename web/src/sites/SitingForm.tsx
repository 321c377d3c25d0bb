// What is asked for: the aim, how far is far, how many sites, and where they may be.
import type { ReactNode } from 'react';
import { useDistrict, useFacilityTypes, useSession } from '../api/queries';
import { AreaFields } from '../coverage/AreaFields';
import { keepType } from '../coverage/asking';
import { MethodFields, ProfileField, useBadSetting } from '../coverage/MethodFields';
import { StandardCard } from '../coverage/StandardCard';
import type { AreaChoice } from '../coverage/settings';
import { TypeList } from '../coverage/TypeList';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { may } from '../people/capability';
import { useScenario } from '../scenarios/useScenario';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Checkbox, Field } from '../ui/Field';
import { Failure, Notice } from '../ui/State';
import ui from '../ui/ui.module.css';
import { useDraft, useQuestion } from './draft';
import { Excluded, OwnPlaces } from './Places';
import { type Bad, hasNumber, models, places, type Question, requestOf } from './question';
import own from './sites.module.css';
import { useAsk } from './useAsk';
import { useDraftOnMap } from './useDraftOnMap';
import { words } from './words';

export function SitingForm({ onAsked }: { onAsked: (id: string) => void }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const scenario = useScenario();
  const [q, change] = useQuestion();
  const { ask, fault, setFault } = useAsk(onAsked);
  const badOf = useBad();
  useDraftOnMap(q);
  const ownProfile = useDistrict(district).data?.profile_key ?? '';
  const types = useFacilityTypes(q.settings.profile || ownProfile);
  if (types.isError) return <Failure error={types.error} retry={() => void types.refetch()} />;
  const list = (types.data ?? []).filter((f) => f.kind === 'place');
  const standard = list.find((f) => f.key === q.type)?.standard ?? null;
  const go = () => {
    const made = requestOf(q, scenario?.code ?? null);
    if ('bad' in made) return setFault(badOf(made.bad, q));
    setFault(null);
    ask.mutate(made.request);
  };
  const settings = (next: Question['settings']) => change({ settings: next });
  return (
    <>
      <Models value={q.model} onChange={(model) => change({ model })} />
      <div className={css.section}>
        <Field label={t('type')}>
          {() => (
            <TypeList
              types={list}
              value={q.type}
              onChange={(type) => {
                keepType(type);
                change({ type, settings: { ...q.settings, limit: '' } });
              }}
            />
          )}
        </Field>
        <ProfileField settings={q.settings} onChange={settings} />
        <StandardCard standard={standard} method={q.settings.method} />
        <MethodFields settings={q.settings} onChange={settings} standard={standard} />
      </div>
      <div className={css.section}>
        <h3>{t('homes')}</h3>
        <AreaFields
          area={q.settings.area}
          onChange={(area: AreaChoice) =>
            change({ settings: { ...(useDraft.getState().typed ?? q).settings, area } })
          }
        />
      </div>
      <div className={css.section}>
        <h3>{t('number')}</h3>
        <div className={css.two}>
          {hasNumber(q.model) && (
            <NumberField label={t('n')} value={q.n} onChange={(n) => change({ n })} testId="siting-n" />
          )}
          <NumberField
            label={t('curveTo')}
            value={q.curveTo}
            onChange={(curveTo) => change({ curveTo })}
            testId="siting-curve-to"
          />
        </div>
        <p className={ui.hint}>{t('curveHint')}</p>
        <Checkbox checked={q.keep} onChange={(keep) => change({ keep })} testId="siting-keep">
          {t('keep')}
        </Checkbox>
      </div>
      <div className={css.section}>
        <h3>{t('places')}</h3>
        <div>
          {places.map((p) => (
            <Checkbox
              key={p}
              checked={q.candidates.includes(p)}
              onChange={(on) =>
                change({ candidates: places.filter((k) => (k === p ? on : q.candidates.includes(k))) })
              }
              testId={`siting-places-${p}`}
            >
              {t(`places.${p}`)}
            </Checkbox>
          ))}
        </div>
        {q.candidates.includes('points') && <OwnPlaces question={q} onChange={change} />}
      </div>
      <div className={css.section}>
        <details className={own.more}>
          <summary data-testid="siting-more">{t('more')}</summary>
          <Excluded question={q} onChange={change} />
          <NumberField
            label={t('apart')}
            hint={t('apartHint')}
            value={q.apart}
            placeholder={t('any')}
            onChange={(apart) => change({ apart })}
            testId="siting-apart"
          />
          <NumberField
            label={t('capacity')}
            hint={t('capacityHint')}
            value={q.capacity}
            placeholder={t('any')}
            onChange={(capacity) => change({ capacity })}
            testId="siting-capacity"
          />
          {q.capacity !== '' && (
            <NumberField
              label={t('units')}
              value={q.settings.units}
              placeholder="1"
              onChange={(units) => settings({ ...q.settings, units })}
              testId="siting-units"
            />
          )}
        </details>
      </div>
      <div className={own.go}>
        {fault && <Notice tone="bad">{fault}</Notice>}
        <Button
          tone="primary"
          wide
          refused={may(session.data, 'run.coverage') ? null : t('noRight')}
          disabled={ask.isPending}
          onClick={go}
          data-testid="siting-ask"
        >
          {ask.isPending ? t('asking') : t('ask')}
        </Button>
        {scenario && <p className={ui.hint}>{t('into', { name: scenario.name })}</p>}
      </div>
    </>
  );
}

function useBad(): (bad: Bad, q: Question) => string {
  const t = useWords(words);
  const badSetting = useBadSetting();
  return (bad, q) =>
    bad === 'limit' || bad === 'units' || bad === 'area' ? badSetting(bad, q.settings) : t(`bad.${bad}`);
}

function Models({ value, onChange }: { value: Question['model']; onChange: (m: Question['model']) => void }) {
  const t = useWords(words);
  return (
    <fieldset className={`${css.section} ${own.models}`}>
      <legend className="visually-hidden">{t('model')}</legend>
      <h3>{t('model')}</h3>
      {models.map((m) => (
        <label key={m} className={own.model}>
          <input
            type="radio"
            name="siting-model"
            checked={m === value}
            onChange={() => onChange(m)}
            data-testid={`siting-model-${m}`}
          />
          <span>
            <strong>{t(`model.${m}`)}</strong>
            <span>{t(`about.${m}`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function NumberField({
  label,
  hint,
  value,
  placeholder,
  onChange,
  testId,
}: {
  label: string;
  hint?: ReactNode;
  value: string;
  placeholder?: string;
  onChange: (value: string) => void;
  testId: string;
}) {
  return (
    <Field label={label} hint={hint}>
      {(id) => (
        <input
          id={id}
          className={ui.input}
          inputMode="decimal"
          placeholder={placeholder}
          value={value}
          onChange={(e) => onChange(e.target.value)}
          data-testid={testId}
        />
      )}
    </Field>
  );
}
