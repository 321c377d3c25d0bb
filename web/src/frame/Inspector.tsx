// What is selected, in full.
import { lazy } from 'react';
import { useWorkbench } from '../state/workbench';

const CommunityInspector = lazy(() => import('../registry/CommunityInspector'));
const BuildingInspector = lazy(() => import('../registry/BuildingInspector'));
const FacilityInspector = lazy(() => import('../registry/FacilityInspector'));
const IdleBuildingInspector = lazy(() => import('../registry/IdleBuildingInspector'));
const LinkInspector = lazy(() => import('../links/LinkInspector'));
const ProjectInspector = lazy(() => import('../projects/ProjectInspector'));
const ZoneInspector = lazy(() => import('../zones/ZoneInspector'));

export default function Inspector() {
  const selection = useWorkbench((s) => s.selection);
  if (!selection) return null;
  const { kind, code } = selection;
  switch (kind) {
    case 'community':
      return <CommunityInspector key={code} code={code} />;
    case 'building':
      return <BuildingInspector key={code} code={code} />;
    case 'facility':
      return <FacilityInspector key={code} code={code} />;
    case 'idle_building':
      return <IdleBuildingInspector key={code} code={code} />;
    case 'link':
      return <LinkInspector key={code} code={code} />;
    case 'project':
      return <ProjectInspector key={code} code={code} />;
    case 'zone':
      return <ZoneInspector key={code} code={code} />;
  }
}
