// Which table belongs to which mode.
import { lazy } from 'react';
import { useWorkbench } from '../state/workbench';

const CommunityTable = lazy(() => import('../registry/CommunityTable'));
const ZoneTable = lazy(() => import('../zones/ZoneTable'));
const CoverageTable = lazy(() => import('../coverage/CoverageTable'));

export default function Tables() {
  const mode = useWorkbench((s) => s.mode);
  if (mode === 'zones' || mode === 'plans') return <ZoneTable />;
  if (mode === 'coverage') return <CoverageTable />;
  return <CommunityTable />;
}
