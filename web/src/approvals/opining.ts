// The opinion that is being written down, also while its place is pointed out on the map.
import { create } from 'zustand';
import type { Opinion, OpinionDraft } from '../api/approvals';
import type { Position } from '../api/nouns';
import { useWorkbench } from '../state/workbench';

interface Opining {
  /** Code of the project that it is about; null: none is open. */
  project: string | null;
  /** The one that is changed; null: a new one. */
  of: Opinion | null;
  draft: OpinionDraft;
  /** The map waits for a click. */
  placing: boolean;
  /** What of a project's approval is shown; null: what is useful there. */
  view: ApprovalView | null;
  /** The pin whose card stands on the map. */
  chosen: string | null;
  begin: (project: string, of: Opinion | null, department?: string) => void;
  change: (change: Partial<OpinionDraft>) => void;
  /** Clears the way to the map, and comes back with the place, or without. */
  point: () => void;
  place: (at: Position | null) => void;
  end: () => void;
  choose: (id: string | null) => void;
  show: (view: ApprovalView | null) => void;
}

export type ApprovalView = 'list' | 'basis' | 'review';

/** Opens a project's file at its approval. */
export function openApproval(code: string, view: ApprovalView | null = null): void {
  useOpining.getState().show(view);
  useWorkbench.getState().openSheet({ kind: 'project', code, part: 'approval' });
}

const empty: OpinionDraft = { department: '', verdict: 'agree', text: '', location: null, resolved: '' };

export const useOpining = create<Opining>()((set, get) => ({
  project: null,
  of: null,
  draft: empty,
  placing: false,
  chosen: null,
  view: null,
  begin: (project, of, department = '') =>
    set({
      project,
      of,
      placing: false,
      draft: of
        ? {
            department: of.department,
            verdict: of.verdict,
            text: of.text,
            location: of.location,
            resolved: of.resolved ?? '',
          }
        : { ...empty, department },
    }),
  change: (change) => set((s) => ({ draft: { ...s.draft, ...change } })),
  point: () => {
    set({ placing: true });
    useWorkbench.getState().openSheet(null);
  },
  place: (at) => {
    const { project } = get();
    set((s) => ({ placing: false, draft: at ? { ...s.draft, location: at } : s.draft }));
    if (project) openApproval(project, 'review');
  },
  end: () => set({ project: null, of: null, draft: empty, placing: false }),
  choose: (chosen) => set({ chosen }),
  show: (view) => set({ view }),
}));
