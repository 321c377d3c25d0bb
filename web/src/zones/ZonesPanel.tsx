// The panel of the zones mode: the list, or what is being done to a zone.
import { lazy, useEffect, useRef } from 'react';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { DrawPanel } from './DrawPanel';
import { LinePanel } from './LinePanel';
import { MergePanel } from './MergePanel';
import { useMerging } from './merging';
import { PaintPanel } from './PaintPanel';
import { Toolbar } from './Toolbar';
import { endTask, unsaved, useTask } from './tools';
import { useToolKeys, useTools } from './useTools';
import { ZoneList } from './ZoneList';

const ProposalsPanel = lazy(() => import('../proposals/ProposalsPanel'));

export default function ZonesPanel() {
  const task = useTask();
  const proposal = useWorkbench((s) => s.proposal);
  const tools = useTools();
  const controller = useControl((s) => s.controller);
  useToolKeys(tools.take);
  useEffect(() => endTask, []);
  const scenario = useWorkbench((s) => s.scenario);
  const worked = useRef(scenario);
  useEffect(() => {
    // Another scenario has other zones; work that would be lost stays open for the person to decide.
    if (worked.current !== scenario && !unsaved()) endTask();
    worked.current = scenario;
  }, [scenario]);
  const { refused } = tools;
  useEffect(() => {
    if (!controller || refused) return;
    // Shift-click starts picking zones to merge, with the one that is selected already.
    controller.setGather((code) => {
      const { selection, select } = useWorkbench.getState();
      const first = selection?.kind === 'zone' ? [selection.code] : [];
      select(null);
      useMerging.getState().begin([...first, code]);
    });
    return () => controller.setGather(null);
  }, [controller, refused]);
  return (
    <>
      <Toolbar {...tools} />
      {task === 'shape' ? (
        <DrawPanel />
      ) : task === 'paint' ? (
        <PaintPanel />
      ) : task === 'line' ? (
        <LinePanel />
      ) : task === 'merge' ? (
        <MergePanel />
      ) : proposal !== null ? (
        <ProposalsPanel />
      ) : (
        <ZoneList {...tools} />
      )}
    </>
  );
}
