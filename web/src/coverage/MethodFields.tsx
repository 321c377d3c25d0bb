// How coverage is measured: method, limit, walker and standards. Shared by the
// run, the siting and the scorecard.
import { useNetwork, useProfiles, useProposedCount } from '../api/coverage';
import type { Standard } from '../api/nouns';
import { useDistrict } from '../api/queries';
import { useWords } from '../language';
import { count } from '../language/format';
import { useScenario } from '../scenarios/useScenario';
import { useWorkbench } from '../state/workbench';
import { Checkbox, Field, Segments } from '../ui/Field';
import { Select } from '../ui/Select';
import ui from '../ui/ui.module.css';
import own from './coverage.module.css';
import {
  type Bad,
  methods,
  type Settings,
  speeds,
  unitsOf,
  type Walker,
  walkers,
  withMethod,
} from './settings';
import { settingsWords } from './settingsWords';

interface Part {
  settings: Settings;
  onChange: (settings: Settings) => void;
}

/**
 * `standard` is the row of the chosen type in the chosen profile; undefined where there are several
 * types, each with its own, and no limit is typed.
 */
export function MethodFields({
  settings: s,
  onChange,
  standard,
}: Part & { standard: Standard | null | undefined }) {
  return (
    <>
      <MethodField settings={s} onChange={onChange} />
      {standard !== undefined && <LimitField settings={s} onChange={onChange} standard={standard} />}
      {s.method !== 'radius' && <WalkerField settings={s} onChange={onChange} />}
    </>
  );
}

function MethodField({ settings: s, onChange }: Part) {
  const t = useWords(settingsWords);
  const district = useWorkbench((w) => w.district);
  const network = useNetwork(district);
  const net = network.data;
  const without = network.isError || net?.nodes === 0 ? t('noNetwork') : null;
  const flat = without ?? (net && !net.elevation ? t('noElevation') : null);
  const refusals = { radius: null, walk: without, walk_slope: flat };
  return (
    <Field label={t('method')}>
      {() => (
        <>
          <Segments
            label={t('method')}
            value={s.method}
            onChange={(method) => onChange(withMethod(s, method))}
            options={methods.map((m) => ({ value: m, label: t(`method.${m}`), refused: refusals[m] }))}
            testId="coverage-method"
          />
          <span className={ui.hint} data-testid="method-about">
            {t(`about.${s.method}`)}
            {s.method !== 'radius' &&
              net &&
              ` ${t('network', { nodes: count(net.nodes), km: count(net.length_m / 1000) })}`}
            {s.method === 'walk_slope' && net?.elevation && ` · ${t('elevation')}`}
          </span>
          {flat && (
            <span className={ui.hint} data-testid="no-elevation">
              {flat}
            </span>
          )}
        </>
      )}
    </Field>
  );
}

function LimitField({ settings: s, onChange, standard }: Part & { standard: Standard | null }) {
  const t = useWords(settingsWords);
  const radius = s.unit === 'metres' ? standard?.radius_m : undefined;
  const units = unitsOf(s.method);
  return (
    <Field
      label={units.length > 1 ? t('limit') : `${t('limit')}（${t(s.unit)}）`}
      hint={
        s.limit && (
          <>
            {t('typed')} ·{' '}
            <button
              type="button"
              className={`${ui.button} ${ui.ghost} ${ui.small}`}
              onClick={() => onChange({ ...s, limit: '' })}
              data-testid="use-standard"
            >
              {t('useStandard')}
            </button>
          </>
        )
      }
    >
      {(id) => (
        <span className={own.limit}>
          <input
            id={id}
            className={ui.input}
            inputMode="decimal"
            value={s.limit}
            placeholder={radius ? t('byStandardOf', { n: radius }) : t('byStandard')}
            onChange={(e) => onChange({ ...s, limit: e.target.value.replace(/[^\d.]/g, '') })}
            data-testid="coverage-radius"
          />
          {units.length > 1 && (
            <Select
              label={t('unit')}
              value={s.unit}
              onChange={(unit) => onChange({ ...s, unit, limit: '' })}
              options={units.map((u) => ({ value: u, label: t(u) }))}
              testId="coverage-unit"
            />
          )}
        </span>
      )}
    </Field>
  );
}

function WalkerField({ settings: s, onChange }: Part) {
  const t = useWords(settingsWords);
  return (
    <Field label={t('walker')} hint={t('speed', { n: speeds[s.walker] })}>
      {() => (
        <>
          <Segments<Walker>
            label={t('walker')}
            value={s.walker}
            onChange={(walker) => onChange({ ...s, walker })}
            options={walkers.map((w) => ({ value: w, label: t(`walker.${w}`) }))}
            testId="coverage-walker"
          />
          {s.method === 'walk_slope' && (
            <Checkbox
              checked={s.stepFree}
              onChange={(stepFree) => onChange({ ...s, stepFree })}
              testId="coverage-step-free"
            >
              {t('stepFree')}
            </Checkbox>
          )}
        </>
      )}
    </Field>
  );
}

/** Which standards count; the district's own where nothing else is chosen. */
export function ProfileField({ settings: s, onChange }: Part) {
  const t = useWords(settingsWords);
  const { district, language } = useWorkbench();
  const ownKey = useDistrict(district).data?.profile_key ?? '';
  const profiles = useProfiles().data ?? [];
  const name = (key: string) => {
    const p = profiles.find((q) => q.key === key);
    return (language === 'en' ? p?.name_en : p?.name) || key;
  };
  return (
    <Field label={t('profile')}>
      {() => (
        <Select
          label={t('profile')}
          value={s.profile}
          onChange={(profile) => onChange({ ...s, profile, limit: '' })}
          options={[
            { value: '', label: t('ownProfile', { name: name(ownKey) }) },
            ...profiles.filter((p) => p.key !== ownKey).map((p) => ({ value: p.key, label: name(p.key) })),
          ]}
          testId="coverage-profile"
        />
      )}
    </Field>
  );
}

/** The proposed facilities of the scenario, and what a household takes of a capacity. */
export function CountedFields({ settings: s, onChange }: Part) {
  const t = useWords(settingsWords);
  const proposed = useProposed();
  return (
    <>
      {proposed.count > 0 && (
        <Checkbox
          checked={s.proposed}
          onChange={(on) => onChange({ ...s, proposed: on })}
          testId="coverage-proposed"
        >
          {t('proposed', { n: proposed.count })}
        </Checkbox>
      )}
      <details className={own.more}>
        <summary>{t('more')}</summary>
        <Field label={t('units')} hint={t('unitsHint')}>
          {(id) => (
            <input
              id={id}
              className={ui.input}
              inputMode="decimal"
              placeholder="1"
              value={s.units}
              onChange={(e) => onChange({ ...s, units: e.target.value.replace(/[^\d.]/g, '') })}
              data-testid="coverage-units"
            />
          )}
        </Field>
      </details>
    </>
  );
}

/** The scenario that is worked on, where it has proposed facilities; and how many. */
export function useProposed(): { scenario: string | null; count: number } {
  const district = useWorkbench((s) => s.district);
  const scenario = useScenario()?.code ?? null;
  const n = useProposedCount(district, scenario).data ?? 0;
  return { scenario: n > 0 ? scenario : null, count: n };
}

/** The sentence for settings that make no sense. */
export function useBadSetting(): (bad: Bad, s: Settings) => string {
  const t = useWords(settingsWords);
  return (bad, s) =>
    bad === 'limit'
      ? t(`bad.limit.${s.unit}`)
      : bad === 'units'
        ? t('bad.units')
        : s.area.kind === 'district'
          ? ''
          : t(`bad.area.${s.area.kind}`);
}
