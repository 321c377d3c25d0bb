// A selected project beside the map: where it stands, what to do next, its
// communities.
import { type ReactNode, useEffect } from 'react';
import type { Bounds } from '../api/nouns';
import { type ProjectFile, useProject } from '../api/projects';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, floorArea } from '../language/format';
import { useControl } from '../map/control';
import registry from '../registry/registry.module.css';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { DemoMark, Failure, Notice, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { Fact } from './Fact';
import { wanOf } from './figures';
import { lookAtProject } from './lookAt';
import { OutcomeBadge, ProposedPhase, StateBadge } from './marks';
import { NextSteps } from './NextSteps';
import own from './projects.module.css';
import { words } from './words';

export default function ProjectInspector({ code }: { code: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const select = useWorkbench((s) => s.select);
  const openSheet = useWorkbench((s) => s.openSheet);
  const query = useProject(district, code);
  // A project that is chosen from a list comes into sight.
  const bbox = query.data?.bbox ?? null;
  const known = bbox?.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `known` stands for the bounds
  useEffect(() => {
    if (bbox) useControl.getState().controller?.reveal(bbox as Bounds, null);
  }, [code, known]);
  if (query.isPending) return <Waiting rows={9} />;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  const p = query.data;
  return (
    <>
      <div className={registry.title}>
        <div className={registry.titleRow}>
          <h2 data-testid="inspector-title">{p.name}</h2>
          <IconButton icon="locate" label={t('locate')} small onClick={() => lookAtProject(p)} />
          <IconButton
            icon="close"
            label={t('close')}
            small
            onClick={() => select(null)}
            data-testid="inspector-close"
          />
        </div>
        <div className={registry.sub}>
          <span>{p.code}</span>
          <span>{t(p.library)}</span>
          <StateBadge project={p} />
          <ProposedPhase project={p} />
          {p.generated.length > 0 && <DemoMark />}
        </div>
        <Button
          wide
          icon="file"
          onClick={() => openSheet({ kind: 'project', code, part: '' })}
          data-testid="project-open"
        >
          {t('open')}
        </Button>
      </div>
      <div className={css.scroll}>
        {p.warnings.length > 0 && (
          <div className={css.section}>
            {p.warnings.map((w) => (
              <Notice key={w} tone="warn">
                {w}
              </Notice>
            ))}
          </div>
        )}
        <div className={css.section}>
          <h3>{t('next')}</h3>
          {p.state_reason && <p className={own.why}>{p.state_reason}</p>}
          <NextSteps project={p} />
        </div>
        <Figures project={p} />
        <Conditions project={p} />
        <Section title={t('priority')}>
          <p className={own.why}>{p.priority.why}</p>
        </Section>
        <Members project={p} />
      </div>
    </>
  );
}

function Section({ title, beside, children }: { title: string; beside?: ReactNode; children: ReactNode }) {
  return (
    <div className={css.section}>
      <h3>
        {title} <span className={ui.hint}>{beside}</span>
      </h3>
      {children}
    </div>
  );
}

function Figures({ project: p }: { project: ProjectFile }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  return (
    <Section title={t('figures')}>
      <dl className={css.facts}>
        <Fact name={t('households')}>{count(p.households)}</Fact>
        <Fact name={t('buildings')}>{count(p.building_count)}</Fact>
        <Fact name={t('floorArea')}>{floorArea(p.floor_area_m2, language)}</Fact>
        <Fact name={t('estimated')}>
          {wanOf(p.estimated_wan)} {p.estimated_wan !== null && t('wan')}
        </Fact>
        <Fact name={t('applicant')}>{p.applicant}</Fact>
        <Fact name={t('appliedOn')}>{p.applied_on}</Fact>
        {p.owner && <Fact name={t('owner')}>{p.owner}</Fact>}
        {p.zone_name && <Fact name={t('zone')}>{p.zone_name}</Fact>}
      </dl>
    </Section>
  );
}

function Conditions({ project: p }: { project: ProjectFile }) {
  const t = useWords(words);
  const held = p.conditions.filter((c) => c.outcome === 'holds').length;
  if (p.conditions.length === 0) return null;
  return (
    <Section title={t('conditions')} beside={t('conditionsN', { n: held, all: p.conditions.length })}>
      {p.conditions.map((c) => (
        <div key={c.key} className={own.rowHead} data-testid={`condition-${c.key}`}>
          <span className={own.why}>
            {c.text} <span className={ui.hint}>{c.clause}</span>
          </span>
          <OutcomeBadge outcome={c.outcome} />
        </div>
      ))}
    </Section>
  );
}

function Members({ project: p }: { project: ProjectFile }) {
  const t = useWords(words);
  const { hover, select } = useWorkbench.getState();
  return (
    <Section title={t('communities')} beside={count(p.members.length)}>
      <div>
        {p.members.map((c) => (
          <button
            key={c.code}
            type="button"
            className={registry.buildingRow}
            onMouseEnter={() => hover({ kind: 'community', code: c.code })}
            onMouseLeave={() => hover(null)}
            onClick={() => select({ kind: 'community', code: c.code })}
          >
            <span>{c.name}</span>
            <span>{t('householdsN', { n: count(c.households) })}</span>
            <span className={c.eligibility === 'in' ? ui.hint : own.warn}>{t(c.eligibility)}</span>
          </button>
        ))}
      </div>
      {p.hidden > 0 && <p className={ui.hint}>{t('hidden', { n: p.hidden })}</p>}
    </Section>
  );
}
