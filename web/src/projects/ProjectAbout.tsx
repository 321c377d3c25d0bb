// The first part of a project's file: intake, conditions of entry, priority,
// facts and communities.
import { type ProjectFile, useProject } from '../api/projects';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, floorArea, moment, percent } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Failure, Notice, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { Conditions } from './Conditions';
import { Fact } from './Fact';
import { FactsForm } from './FactsForm';
import { ruleOf, wanOf } from './figures';
import { OutcomeBadge } from './marks';
import { NextSteps } from './NextSteps';
import own from './projects.module.css';
import { words } from './words';

export default function ProjectAbout({ code }: { code: string }) {
  const district = useWorkbench((s) => s.district);
  const query = useProject(district, code);
  if (query.isPending) return <Waiting rows={9} />;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  const p = query.data;
  return (
    <>
      {p.warnings.length > 0 && (
        <div className={own.warnings} data-testid="project-warnings">
          {p.warnings.map((w) => (
            <Notice key={w} tone="warn">
              {w}
            </Notice>
          ))}
        </div>
      )}
      <div className={own.columns}>
        <div>
          <Intake project={p} />
          <Conditions project={p} />
          <PriorityBlock project={p} />
        </div>
        <div>
          <Size project={p} />
          <FactsForm project={p} />
        </div>
      </div>
      <Members project={p} />
    </>
  );
}

function Intake({ project: p }: { project: ProjectFile }) {
  const t = useWords(words);
  const openSheet = useWorkbench((s) => s.openSheet);
  const ended = p.state === 'returned' || p.state === 'withdrawn' || p.state === 'closed';
  const stages = [
    'applied',
    'accepted',
    'confirmed',
    ...(p.state === 'closed' ? ['closed' as const] : []),
  ] as const;
  const reached = { applied: 0, accepted: 1, confirmed: 2, closed: 3, returned: 0, withdrawn: 0 }[p.state];
  const link = (code: string, said: 'promotedFrom' | 'promotedTo' | 'follows' | 'followedBy') => (
    <button
      key={said}
      type="button"
      className={own.plainLink}
      onClick={() => openSheet({ kind: 'project', code, part: '' })}
    >
      {t(said, { code })}
    </button>
  );
  return (
    <section className={own.block} data-testid="project-intake">
      <h3>
        {t('intake')}
        <span className={ui.hint}>{t('stateSince', { when: moment(p.updated_at) })}</span>
      </h3>
      {!(p.state === 'returned' || p.state === 'withdrawn') && (
        <ol className={own.path}>
          {stages.map((s, i) => (
            <li key={s} data-done={i <= reached} data-now={i === reached}>
              {s === 'applied' ? `${t('appliedOn')} ${p.applied_on}` : t(`stage.${s}`)}
            </li>
          ))}
        </ol>
      )}
      {ended && p.state_reason && (
        <Notice tone={p.state === 'returned' ? 'bad' : 'plain'}>
          {t(`state.${p.state}`)}：{p.state_reason}
        </Notice>
      )}
      {p.entry_override && (
        <Notice tone="warn">{t('override', { reason: p.entry_override, who: p.entry_override_by })}</Notice>
      )}
      <div className={own.chips}>
        {p.promoted_from && link(p.promoted_from, 'promotedFrom')}
        {p.promoted_to && link(p.promoted_to, 'promotedTo')}
        {p.follows && link(p.follows, 'follows')}
        {p.followed_by && link(p.followed_by, 'followedBy')}
      </div>
      <NextSteps project={p} small={false} />
      {p.rules.map((rule) => (
        <p key={rule} className={own.clause}>
          {rule}
        </p>
      ))}
    </section>
  );
}

function PriorityBlock({ project: p }: { project: ProjectFile }) {
  const t = useWords(words);
  const { priority } = p;
  return (
    <section className={own.block} data-testid="project-priority">
      <h3>
        {t('priority')}
        <span className={ui.hint}>
          {priority.consent !== null && `${t('consent')} ${percent(priority.consent)} · `}
          {t('need')} {priority.need.toFixed(2)}
        </span>
      </h3>
      <p>{priority.why}</p>
      {priority.rule && <p className={own.clause}>{ruleOf(priority)}</p>}
      {priority.factors.length > 0 && (
        <table className={own.table}>
          <tbody>
            {priority.factors.map((f) => (
              <tr key={f.key}>
                <td style={{ width: '38%' }}>{f.text}</td>
                <td style={{ width: 76 }}>
                  <OutcomeBadge outcome={f.outcome} factor />
                </td>
                <td>{f.why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Size({ project: p }: { project: ProjectFile }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  return (
    <section className={own.block}>
      <h3>
        {t('figures')}
        <span className={ui.hint}>
          {t('policy')} {p.policy}
        </span>
      </h3>
      <div className={css.figures} style={{ gridTemplateColumns: 'repeat(5, 1fr)' }}>
        {[
          [t('communities'), count(p.communities.length)],
          [t('buildings'), count(p.building_count)],
          [t('households'), count(p.households)],
          [t('floorArea'), floorArea(p.floor_area_m2, language)],
          [`${t('estimated')} ${t('wan')}`, wanOf(p.estimated_wan)],
        ].map(([name, value]) => (
          <div key={name} className={css.figure}>
            <span>{name}</span>
            <strong>{value}</strong>
          </div>
        ))}
      </div>
      <dl className={css.facts}>{p.zone_name && <Fact name={t('zone')}>{p.zone_name}</Fact>}</dl>
    </section>
  );
}

function Members({ project: p }: { project: ProjectFile }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const openSheet = useWorkbench((s) => s.openSheet);
  return (
    <section className={`${own.block} ${own.wideBlock}`} data-testid="project-members">
      <h3>
        {t('communities')}
        {p.hidden > 0 && <span className={ui.hint}>{t('hidden', { n: p.hidden })}</span>}
      </h3>
      <table className={own.table}>
        <thead>
          <tr>
            <th>{t('communities')}</th>
            <th className={own.number}>{t('households')}</th>
            <th className={own.number}>{t('floorArea')}</th>
            <th>{t('eligibility')}</th>
            <th>{t('consentSaid')}</th>
            <th>{t('managementMode')}</th>
          </tr>
        </thead>
        <tbody>
          {p.members.map((m) => (
            <tr key={m.code}>
              <td>
                <button
                  type="button"
                  className={own.plainLink}
                  onClick={() => openSheet({ kind: 'community', code: m.code, part: '' })}
                >
                  {m.name}
                </button>
              </td>
              <td className={own.number}>{count(m.households)}</td>
              <td className={own.number}>{floorArea(m.floor_area_m2, language)}</td>
              <td>
                <span className={`${ui.badge} ${ui[m.eligibility]}`}>{t(m.eligibility)}</span>
                {m.because && <div className={ui.hint}>{m.because}</div>}
              </td>
              <td style={{ width: '34%' }}>
                {m.consent_said} <span className={ui.hint}>{t(m.surveyed ? 'surveyOf' : 'registerOf')}</span>
              </td>
              <td>{t(modeKey(m.management_mode))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function modeKey(mode: string) {
  return mode === 'professional' || mode === 'service_centre' || mode === 'self_managed'
    ? (`mode.${mode}` as const)
    : 'mode.';
}
