// What is drawn over the style where it is asked for, or where the mode is about it.
import { lazy, Suspense } from 'react';
import { useOpining } from '../approvals/opining';
import { RunOnMap } from '../coverage/RunOnMap';
import { LinksOnMap } from '../links/LinksOnMap';
import { ProposedOnMap } from '../sites/ProposedOnMap';
import { useWorkbench } from '../state/workbench';
import { StringsOnMap } from '../zones/StringsOnMap';

const ProjectsOnMap = lazy(() => import('../projects/ProjectsOnMap'));
const RowsOnMap = lazy(() => import('../inspections/RowsOnMap'));
const OpinionsOnMap = lazy(() =>
  import('../approvals/OpinionsOnMap').then((m) => ({ default: m.OpinionsOnMap })),
);

export default function MapExtras() {
  const links = useWorkbench((s) => s.shown.includes('links'));
  const strings = useWorkbench(
    (s) => (s.mode === 'zones' || s.mode === 'plans') && !s.hidden.includes('strings'),
  );
  const proposed = useWorkbench(
    (s) => ['zones', 'coverage', 'program'].includes(s.mode) && !s.hidden.includes('proposed'),
  );
  const run = useWorkbench((s) =>
    s.mode === 'coverage' && (s.tab === 'runs' || s.tab === 'trial') ? s.run : null,
  );
  const projects = useWorkbench((s) => s.mode === 'program' && s.programTab === 'projects');
  const pointing = useOpining((s) => s.placing);
  const opinions = useWorkbench((s) => s.mode === 'program' && s.programTab === 'approvals');
  const inspected = useWorkbench((s) => (s.mode === 'data' ? (s.inspecting?.id ?? null) : null));
  return (
    <>
      {run && <RunOnMap key={run} id={run} />}
      {links && <LinksOnMap />}
      {strings && <StringsOnMap />}
      {proposed && <ProposedOnMap />}
      {projects && (
        <Suspense fallback={null}>
          <ProjectsOnMap />
        </Suspense>
      )}
      {inspected && (
        <Suspense fallback={null}>
          <RowsOnMap key={inspected} id={inspected} />
        </Suspense>
      )}
      {(opinions || pointing) && (
        <Suspense fallback={null}>
          <OpinionsOnMap />
        </Suspense>
      )}
    </>
  );
}
