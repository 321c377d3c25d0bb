// Which table belongs to which mode.
import { lazy } from 'react';
import { useComparing } from '../scenarios/useComparing';
import { useWorkbench } from '../state/workbench';

const CommunityTable = lazy(() => import('../registry/CommunityTable'));
const ZoneTable = lazy(() => import('../zones/ZoneTable'));
const CompareTable = lazy(() => import('../scenarios/CompareTable'));
const CoverageTable = lazy(() => import('../coverage/CoverageTable'));
const ScoreTable = lazy(() => import('../scorecards/ScoreTable'));
const RowsTable = lazy(() => import('../inspections/RowsTable'));
const PhaseBoard = lazy(() => import('../phases/PhaseBoard'));

export default function Tables() {
  const mode = useWorkbench((s) => s.mode);
  const batch = useWorkbench((s) => (s.tab === 'scorecard' ? s.batch : null));
  const inspecting = useWorkbench((s) => s.inspecting?.id ?? null);
  const against = useComparing();
  if (against) return <CompareTable against={against} />;
  if (mode === 'zones' || mode === 'plans') return <ZoneTable />;
  if (mode === 'coverage') return batch ? <ScoreTable batch={batch} /> : <CoverageTable />;
  if (mode === 'data' && inspecting) return <RowsTable id={inspecting} />;
  if (mode === 'program') return <PhaseBoard />;
  return <CommunityTable />;
}
