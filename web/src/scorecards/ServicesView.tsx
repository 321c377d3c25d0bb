// Which services reach a zone or a community: what is missing first.
import { useNetwork } from '../api/coverage';
import type { ServiceType } from '../api/nouns';
import type { Method } from '../api/scorecards';
import { useMark } from '../coverage/marks';
import { limitSaid } from '../coverage/said';
import { settingsWords } from '../coverage/settingsWords';
import { useTypeName } from '../coverage/useTypeName';
import { Works } from '../coverage/Works';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, metres, percent } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Segments } from '../ui/Field';
import { Failure, Notice, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './scorecards.module.css';
import { useServiceMethod } from './serviceMethod';
import { useServicesHere } from './useServicesHere';
import { words } from './words';

const methods: readonly Method[] = ['radius', 'walk', 'walk_slope'];

export default function ServicesView({ kind, code }: { kind: 'zone' | 'community'; code: string }) {
  const t = useWords(words);
  const { method, setMethod } = useServiceMethod();
  const { services, proposed } = useServicesHere(kind, code);
  const refusals = useRefusals();
  return (
    <div className={css.section} data-testid="services" data-method={services.data?.method}>
      <h3>{t('services')}</h3>
      <Segments
        label={t('method')}
        value={method}
        onChange={setMethod}
        options={methods.map((value) => ({ value, label: t(`method.${value}`), refused: refusals[value] }))}
        testId="services-method"
      />
      {services.isPending ? (
        <Waiting rows={4} />
      ) : services.isError ? (
        <Failure error={services.error} retry={() => void services.refetch()} />
      ) : (
        <div className={own.list} style={services.isPlaceholderData ? { opacity: 0.5 } : undefined}>
          <Types types={services.data.types} />
          {services.data.walker && (
            <p className={ui.hint}>
              {t('walkerSaid', {
                name: services.data.walker.name,
                speed: services.data.walker.speed_m_s,
              })}
            </p>
          )}
          {proposed > 0 && <p className={ui.hint}>{t('withProposed', { n: proposed })}</p>}
          {services.data.notes.map((note) => (
            <Notice key={note}>{note}</Notice>
          ))}
        </div>
      )}
    </div>
  );
}

/** Why a method cannot be chosen here. */
function useRefusals(): Record<Method, string | null> {
  const t = useWords(settingsWords);
  const network = useNetwork(useWorkbench((s) => s.district));
  const none = network.isError || network.data?.nodes === 0 ? t('noNetwork') : null;
  const flat = network.data && !network.data.elevation ? t('noElevation') : null;
  return { radius: null, walk: none, walk_slope: none ?? flat };
}

function Types({ types }: { types: readonly ServiceType[] }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const typeName = useTypeName();
  const missing = types.filter((s) => s.uncovered > 0);
  const covered = types.filter((s) => s.uncovered === 0);
  if (types.every((s) => s.households === 0)) return <p className={ui.hint}>{t('noHouseholds')}</p>;
  return (
    <>
      {missing.length === 0 && <p className={ui.hint}>{t('nothingMissing')}</p>}
      {missing.map((s) => (
        <Missing key={s.facility_type} service={s} />
      ))}
      {covered.length > 0 && (
        <details className={own.covered} data-testid="services-covered">
          <summary>{t('coveredN', { n: covered.length })}</summary>
          <ul>
            {covered.map((s) => (
              <li key={s.facility_type}>
                <span>{typeName(s)}</span>
                <span>
                  ≤ {limitSaid(s.limit, language)}
                  {s.nearest_m !== null && ` · ${t('nearest', { m: metres(s.nearest_m) })}`}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Missing({ service: s }: { service: ServiceType }) {
  const t = useWords(words);
  const markSaid = useMark();
  const language = useWorkbench((w) => w.language);
  const typeName = useTypeName();
  return (
    <div className={own.service} data-testid="service-missing" data-type={s.facility_type}>
      <div>
        <strong>{typeName(s)}</strong>
        <span title={percent(s.households ? s.uncovered / s.households : null)}>
          {t('uncoveredOf', { n: count(s.uncovered), all: count(s.households) })}
        </span>
      </div>
      <span>
        {t('within', { limit: limitSaid(s.limit, language) })} ·{' '}
        {s.facilities === 0
          ? t('noneInDistrict')
          : s.nearest_m === null
            ? t('noWay')
            : t('nearest', { m: metres(s.nearest_m) })}
      </span>
      {s.standard && (
        <span>
          {s.standard.source} {s.standard.clause} · {markSaid(s.standard.mark)}
        </span>
      )}
      {s.first_step && (
        <span>
          {t('sparedNote', {
            first: s.first_step.facility_name,
            limit: limitSaid(s.first_step.limit, language),
            clause: `${s.first_step.source} ${s.first_step.clause}`,
          })}
        </span>
      )}
      <Works works={s.works} />
    </div>
  );
}
