// The tab of project libraries: what waits, the projects as a list, by the rule
// of priority, or by where their communities lie.
import { lazy, Suspense, useState } from 'react';
import { allProjects, type ProjectFilter, useOverview, useProjects } from '../api/projects';
import { useSession } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count } from '../language/format';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Segments } from '../ui/Field';
import { Select } from '../ui/Select';
import { Empty, Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import type { Picked } from './CommunityPicker';
import { Demonstrations } from './Demonstrations';
import { ProjectRow } from './ProjectRow';
import own from './projects.module.css';
import { words } from './words';

const ApplyDialog = lazy(() => import('./ApplyDialog'));
const FromZonesDialog = lazy(() => import('./FromZonesDialog'));
const GroupsView = lazy(() => import('./GroupsView'));
const PrioritiesView = lazy(() => import('./PrioritiesView'));

type View = 'list' | 'priority' | 'groups';

export default function ProjectsPanel() {
  const t = useWords(words);
  const session = useSession();
  const [view, setView] = useState<View>('list');
  const [filter, setFilter] = useState<ProjectFilter>(allProjects);
  const [dialog, setDialog] = useState<{ open: 'apply' | 'zones'; communities?: Picked[] } | null>(null);
  const refused = may(session.data, 'edit.program') ? null : t('noRight');
  return (
    <>
      <div className={own.top}>
        <div className={own.actions}>
          <Button
            tone="primary"
            icon="plus"
            refused={refused}
            onClick={() => setDialog({ open: 'apply' })}
            data-testid="project-apply"
          >
            {t('apply')}
          </Button>
          <Button
            icon="zones"
            refused={refused}
            onClick={() => setDialog({ open: 'zones' })}
            data-testid="projects-from-zones"
          >
            {t('fromZones')}
          </Button>
        </div>
        <Segments
          label={t('projects')}
          value={view}
          onChange={setView}
          testId="projects-view"
          options={(['list', 'priority', 'groups'] as const).map((v) => ({
            value: v,
            label: t(`view.${v}`),
          }))}
        />
        {view === 'list' && <Filters filter={filter} set={(f) => setFilter({ ...filter, ...f })} />}
      </div>
      <Suspense fallback={<Waiting rows={6} />}>
        {view === 'list' && <List filter={filter} />}
        {view === 'priority' && <PrioritiesView />}
        {view === 'groups' && (
          <GroupsView
            refused={refused}
            onApply={(communities) => setDialog({ open: 'apply', communities })}
          />
        )}
        {dialog?.open === 'apply' && (
          <ApplyDialog communities={dialog.communities} onClose={() => setDialog(null)} />
        )}
        {dialog?.open === 'zones' && <FromZonesDialog onClose={() => setDialog(null)} />}
      </Suspense>
    </>
  );
}

const stands = [
  'live',
  'applied',
  'accepted',
  'implement',
  'plan',
  'reserve',
  'returned',
  'withdrawn',
  'closed',
  'strays',
  '',
] as const;

function Filters({ filter, set }: { filter: ProjectFilter; set: (f: Partial<ProjectFilter>) => void }) {
  const t = useWords(words);
  const said = (s: (typeof stands)[number]) => {
    switch (s) {
      case '':
        return t('everything');
      case 'live':
        return t('live');
      case 'strays':
        return t('strays');
      case 'implement':
      case 'plan':
      case 'reserve':
        return t(`batch.${s}`);
      default:
        return t(`state.${s}`);
    }
  };
  return (
    <>
      <input
        className={ui.input}
        type="search"
        value={filter.q}
        placeholder={t('search')}
        aria-label={t('search')}
        onChange={(e) => set({ q: e.target.value })}
        data-testid="projects-search"
      />
      <div className={own.filters}>
        <Select
          label={t('library')}
          value={filter.library}
          onChange={(library) => set({ library })}
          options={[
            { value: '', label: t('both') },
            { value: 'comprehensive', label: t('comprehensive') },
            { value: 'management', label: t('management') },
          ]}
          testId="projects-library"
        />
        <Select
          label={t('stand')}
          value={filter.stand}
          onChange={(stand) => set({ stand })}
          options={stands.map((s) => ({ value: s, label: said(s) }))}
          testId="projects-stand"
        />
      </div>
      <Waits filter={filter} set={set} />
    </>
  );
}

/** What waits for somebody, as filters. */
function Waits({ filter, set }: { filter: ProjectFilter; set: (f: Partial<ProjectFilter>) => void }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const overview = useOverview(district).data;
  if (!overview) return null;
  const { applied, accepted } = overview.waiting;
  const chips = [
    { stand: 'applied', n: applied, text: t('waitingApplied', { n: applied }), warn: false },
    { stand: 'accepted', n: accepted, text: t('waitingAccepted', { n: accepted }), warn: false },
    { stand: 'strays', n: overview.strays, text: t('straysN', { n: overview.strays }), warn: true },
  ] as const;
  if (chips.every((c) => c.n === 0)) return null;
  return (
    <div className={own.chips}>
      {chips.map(
        (c) =>
          c.n > 0 && (
            <button
              key={c.stand}
              type="button"
              className={`${own.chip} ${c.warn ? own.chipWarn : ''}`}
              aria-pressed={filter.stand === c.stand}
              onClick={() => set({ stand: filter.stand === c.stand ? 'live' : c.stand })}
              data-testid={`projects-wait-${c.stand}`}
            >
              {c.text}
            </button>
          ),
      )}
    </div>
  );
}

function List({ filter }: { filter: ProjectFilter }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const query = useProjects(district, filter, '');
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Waiting rows={8} />;
  const list = query.data.pages.flatMap((p) => p.items);
  const narrowed = filter.q !== '' || filter.library !== '' || filter.stand !== 'live';
  return (
    <div className={css.scroll} data-testid="projects-list">
      {list.length === 0 && (
        <Empty icon="program" title={t(narrowed ? 'noneFound' : 'none')}>
          {narrowed ? null : t('noneText')}
        </Empty>
      )}
      {list.map((p) => (
        <ProjectRow key={p.code} project={p} />
      ))}
      {query.hasNextPage && (
        <div style={{ padding: 10 }}>
          <Button wide small onClick={() => void query.fetchNextPage()}>
            {t('more')} · {count(query.data.pages[0]?.total)}
          </Button>
        </div>
      )}
      <Demonstrations />
    </div>
  );
}
