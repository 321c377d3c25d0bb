import { Fragment, useState } from 'react';
import type { Status } from '../api/coverage';
import type { CoverageRun, CoverageSummary } from '../api/nouns';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, floorArea, metres, moment, share } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { DemoMark, Notice } from '../ui/State';
import { BuildingList } from './BuildingList';
import own from './coverage.module.css';
import { useMark } from './marks';
import { limitSaid, minutesSaid, walkerSaid } from './said';
import { hatched, type Slice, slicesOf } from './statuses';
import { Works } from './Works';
import { words } from './words';

/** The figures of a run, with everything one must know to trust them: method, limit and its source, area, who and when. */
export function RunSummary({ run: r }: { run: CoverageRun }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const s = r.summary;
  const slices = slicesOf(s);
  const [status, setStatus] = useState<Status | null>(null);
  return (
    <>
      <div className={css.section} data-testid="coverage-summary">
        <Meter id="households" label={t('households')} slices={slices} of="households" all={s.households} />
        <Meter id="buildings" label={t('buildings')} slices={slices} of="buildings" all={s.buildings} />
        <div className={own.meter} data-testid="covered-floor">
          <div>
            <span>{t('floorArea')}</span>
            <span>
              {floorArea(s.covered_floor_area_m2, language)} / {floorArea(s.floor_area_m2, language)} &nbsp;
              <strong>{share(s.covered_floor_area_m2, s.floor_area_m2)}</strong>
            </span>
          </div>
        </div>
        <StatusList slices={slices} summary={s} chosen={status} onChoose={setStatus} />
        {s.facilities === 0 ? (
          <Notice tone="warn">{t('noFacilities')}</Notice>
        ) : (
          <p className={own.method}>
            {t('facilities', { n: count(s.facilities) })} ·{' '}
            {t('communitiesOf', { part: count(s.uncovered_communities), all: count(s.communities) })}
            {s.mean_m > 0 && (
              <>
                {' · '}
                {t('mean', {
                  n:
                    r.method === 'walk_slope'
                      ? minutesSaid(s.mean_minutes, language)
                      : metres(Math.round(s.mean_m)),
                })}
              </>
            )}
          </p>
        )}
        {s.unreached_facilities > 0 && (
          <Notice tone="warn">{t('unreachedFacilities', { n: s.unreached_facilities })}</Notice>
        )}
        {s.generated && (
          <p className={own.method}>
            <DemoMark /> {t('generated')}
          </p>
        )}
      </div>
      {status && <BuildingList run={r} status={status} onClose={() => setStatus(null)} />}
      {s.capacity && <Capacity summary={s} />}
      <Method run={r} />
    </>
  );
}

/** A share of the whole in one bar, with the parts that it is made of. */
function Meter({
  id,
  label,
  slices,
  of,
  all,
}: {
  id: string;
  label: string;
  slices: readonly Slice[];
  of: 'households' | 'buildings';
  all: number;
}) {
  const covered = slices.find((s) => s.status === 'covered')?.[of] ?? 0;
  return (
    <div className={own.meter} data-testid={`covered-${id}`}>
      <div>
        <span>{label}</span>
        <span>
          {count(covered)} / {count(all)} &nbsp;<strong>{share(covered, all)}</strong>
        </span>
      </div>
      <div className={own.bar} aria-hidden="true">
        {all > 0 &&
          slices.map((s) => (
            <i
              key={s.status}
              className={`${own[s.status] ?? ''} ${hatched(s.status) ? own.hatched : ''}`}
              style={{ width: `${(100 * s[of]) / all}%` }}
            />
          ))}
      </div>
    </div>
  );
}

/** Every status with what it holds; a click lists its buildings. */
function StatusList({
  slices,
  summary,
  chosen,
  onChoose,
}: {
  slices: readonly Slice[];
  summary: CoverageSummary;
  chosen: Status | null;
  onChoose: (status: Status | null) => void;
}) {
  const t = useWords(words);
  return (
    <div className={own.statuses}>
      {slices.map((s) => (
        <button
          key={s.status}
          type="button"
          aria-pressed={s.status === chosen}
          title={t('listBuildings')}
          onClick={() => onChoose(s.status === chosen ? null : s.status)}
          data-testid={`status-${s.status}`}
        >
          <i className={`${own[s.status] ?? ''} ${hatched(s.status) ? own.hatched : ''}`} />
          <span>{t(`status.${s.status}`)}</span>
          <span>{t('householdsOfStatus', { n: count(s.households) })}</span>
          <span>{share(s.households, summary.households)}</span>
        </button>
      ))}
    </div>
  );
}

function Capacity({ summary: s }: { summary: CoverageSummary }) {
  const t = useWords(words);
  const c = s.capacity;
  if (!c) return null;
  const cells: [string, string, string, string][] = [
    ['served', t('served'), count(c.served_households), share(c.served_households, s.households)],
    ['full', t('full'), count(c.full_households), share(c.full_households, s.households)],
    [
      'out',
      t('outOfRange'),
      count(c.out_of_range_households),
      share(c.out_of_range_households, s.households),
    ],
    ['access', t('access'), c.mean_access.toFixed(3), t('accessUnit')],
  ];
  return (
    <div className={css.section} data-testid="coverage-capacity">
      <h3>{t('capacity')}</h3>
      <div className={css.figures}>
        {cells.map(([key, label, value, hint]) => (
          <div key={key} className={css.figure}>
            <span>{label}</span>
            <strong data-testid={`capacity-${key}`}>{value}</strong>
            <span>{hint}</span>
          </div>
        ))}
      </div>
      <p className={own.method}>
        {t('capacityOf', {
          known: c.known,
          capacity: count(c.capacity),
          unknown: c.unknown,
          units: c.units_per_household,
        })}
      </p>
    </div>
  );
}

/** How the figures came about. */
function Method({ run: r }: { run: CoverageRun }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const mark = useMark();
  const { standard, first_step: first, inputs } = r;
  const net = inputs.network;
  const rows: [label: string, value: string][] = [
    [t('standard'), standard ? `${standard.source} ${standard.clause} · ${mark(standard.mark)}` : t('typed')],
    ...(standard?.basis ? [[t('basis'), standard.basis] as [string, string]] : []),
    [t('method'), t(`method.${r.method}`)],
    [t('limit'), limitSaid(r.limit, language)],
  ];
  if (r.walker) rows.push([t('walker'), `${walkerSaid(r.walker, language)}。${r.walker.note}`]);
  if (first)
    rows.push([
      t('firstStep'),
      `${t('firstStepOf', {
        name: first.facility_name,
        limit: limitSaid(first.limit, language),
        n: count(first.facilities),
      })}（${first.source} ${first.clause} · ${mark(first.mark)}）`,
    ]);
  if (net)
    rows.push([
      t('network'),
      t('networkOf', {
        nodes: count(net.nodes),
        edges: count(net.edges),
        version: net.version.slice(0, 8),
        heights: net.elevation ? ` · ${t('heights')}` : '',
      }),
    ]);
  rows.push([t('profile'), inputs.profile]);
  if (inputs.proposed) rows.push([t('proposedCounted'), t('placesN', { n: count(inputs.proposed) })]);
  rows.push([t('ranBy'), t('by', { who: r.created_by || '—', when: moment(r.created_at) })]);
  return (
    <div className={css.section}>
      {r.items.length > 0 && (
        <>
          <h3>{t('works')}</h3>
          <Works works={r.items} />
        </>
      )}
      <dl className={css.facts} data-testid="coverage-method">
        {rows.map(([label, text]) => (
          <Fragment key={label}>
            <div>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </div>
          </Fragment>
        ))}
      </dl>
      {r.notes.map((note) => (
        <Notice key={note}>{note}</Notice>
      ))}
    </div>
  );
}
