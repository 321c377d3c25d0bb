// The tools of the zones mode: what each is called, its key, and what it needs
// before it can be taken in hand.
import type { IconName } from '../ui/icons';
import { useCutting } from './cutting';
import { useDrawing } from './drawing';
import { useMerging } from './merging';
import { usePainting } from './painting';

export type Hand =
  | 'edit'
  | 'polygon'
  | 'rectangle'
  | 'freehand'
  | 'circle'
  | 'part'
  | 'hole'
  | 'brush'
  | 'split'
  | 'reshape'
  | 'merge';

export interface HandTool {
  hand: Hand;
  icon: IconName;
  key: string;
  /** Begins a new group in the toolbar. */
  apart?: true;
}
export const handTools: readonly HandTool[] = [
  { hand: 'polygon', icon: 'polygon', key: 'P' },
  { hand: 'rectangle', icon: 'rectangle', key: 'R' },
  { hand: 'freehand', icon: 'freehand', key: 'F' },
  { hand: 'circle', icon: 'circle', key: 'C' },
  { hand: 'brush', icon: 'brush', key: 'B', apart: true },
  { hand: 'edit', icon: 'vertices', key: 'V', apart: true },
  { hand: 'part', icon: 'part', key: 'A' },
  { hand: 'hole', icon: 'hole', key: 'H' },
  { hand: 'split', icon: 'split', key: 'X', apart: true },
  { hand: 'reshape', icon: 'reshape', key: 'S' },
  { hand: 'merge', icon: 'merge', key: 'M' },
];

/** What is being done to zones at the moment. */
export type Task = 'shape' | 'paint' | 'line' | 'merge' | null;

export function taskNow(): Task {
  if (useDrawing.getState().active) return 'shape';
  if (usePainting.getState().active) return 'paint';
  if (useCutting.getState().use) return 'line';
  return useMerging.getState().active ? 'merge' : null;
}
export function useTask(): Task {
  const shape = useDrawing((s) => s.active);
  const paint = usePainting((s) => s.active);
  const line = useCutting((s) => s.use !== null);
  const merge = useMerging((s) => s.active);
  return shape ? 'shape' : paint ? 'paint' : line ? 'line' : merge ? 'merge' : null;
}
/** Whether leaving now would lose work. */
export function unsaved(): boolean {
  return (
    useDrawing.getState().past.length > 0 ||
    usePainting.getState().past.length > 0 ||
    useCutting.getState().line.length > 0
  );
}
export function endTask(): void {
  for (const store of [useDrawing, usePainting, useCutting, useMerging]) store.getState().end();
}

/** The tool that is shown as pressed. */
export function useHand(): Hand | null {
  const drawing = useDrawing((s) => (s.active ? s.tool : null));
  const adding = useDrawing((s) => s.zone !== null && s.tool === 'polygon');
  const task = useTask();
  const use = useCutting((s) => s.use);
  if (drawing) return adding ? 'part' : drawing;
  return task === 'paint' ? 'brush' : task === 'merge' ? 'merge' : use;
}
