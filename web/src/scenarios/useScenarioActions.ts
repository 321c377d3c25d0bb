// What a person does to scenarios, each with its way back where there is one.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { Edit, Scenario, ScenarioDraft, ScenarioPatch } from '../api/nouns';
import { invalidate } from '../api/queries';
import * as api from '../api/scenarios';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { follow, track } from '../state/track';
import { useSteps } from '../state/undo';
import { useWorkbench } from '../state/workbench';
import { words } from './words';

export function useScenarioActions() {
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const t = useWords(words);

  const changed = useCallback(
    (layer: 'scenarios' | 'zones') => {
      invalidate(client, district, { layer: 'scenarios', bbox: null });
      if (layer === 'scenarios') return;
      invalidate(client, district, { layer: 'zones', bbox: null });
      useControl.getState().controller?.refresh('zones');
    },
    [client, district],
  );

  return useMemo(() => {
    /** Keeps a saved revision as a step: taking it back is a revision again, and taking that back is the redo. */
    const stepOf = (label: string, edit: Edit) => {
      let last = edit.revision;
      const back = async () => {
        const { selection, select } = useWorkbench.getState();
        const undone = await api.undoRevision(district, edit.scenario, last);
        last = undone.revision;
        if (selection?.kind === 'zone' && undone.removed.includes(selection.code)) select(null);
        changed('zones');
      };
      useSteps.getState().done({ label, undo: back, redo: back });
    };
    const leave = (removed: readonly string[]) => {
      const { selection, select } = useWorkbench.getState();
      if (selection?.kind === 'zone' && removed.includes(selection.code)) select(null);
    };

    return {
      create: async (draft: ScenarioDraft): Promise<Scenario> => {
        const made = await api.createScenario(district, draft);
        changed('scenarios');
        const mine = track('scenario', made);
        useSteps.getState().done({
          label: t('createdStep', { name: draft.name }),
          undo: async () => {
            const state = useWorkbench.getState();
            if (state.scenario === mine.code) state.setScenario(null);
            const now = await api.scenario(district, mine.code);
            await api.deleteScenario(district, mine.code, now.version);
            changed('scenarios');
          },
          redo: async () => {
            follow('scenario', mine, await api.createScenario(district, draft));
            changed('scenarios');
          },
        });
        return made;
      },

      patch: async (before: Scenario, patch: ScenarioPatch, version = before.version): Promise<Scenario> => {
        const saved = await api.patchScenario(district, before.code, version, patch);
        changed('scenarios');
        const mine = track('scenario', saved);
        const put = async (next: ScenarioPatch) => {
          follow('scenario', mine, await api.patchScenario(district, mine.code, mine.version, next));
          changed('scenarios');
        };
        const old: ScenarioPatch = {};
        if (patch.name !== undefined) old.name = before.name;
        if (patch.note !== undefined) old.note = before.note;
        if (patch.rules !== undefined) old.rules = before.rules;
        useSteps.getState().done({
          label: t('changedStep', { name: saved.name }),
          undo: () => put(old),
          redo: () => put(patch),
        });
        return saved;
      },

      /** Another main scenario is no step: the way back is to choose the former one again. */
      makeMain: async (scenario: Scenario): Promise<void> => {
        const { scenario: worked } = useWorkbench.getState();
        const before = worked ?? (await api.scenarios(district)).find((s) => s.main)?.code ?? null;
        await api.patchScenario(district, scenario.code, scenario.version, { main: true });
        // The person goes on with the scenario they were at, whichever is the main one now.
        useWorkbench.setState({ scenario: before === scenario.code ? null : before });
        changed('scenarios');
        changed('zones');
      },

      remove: async (scenario: Scenario): Promise<void> => {
        await api.deleteScenario(district, scenario.code, scenario.version);
        const state = useWorkbench.getState();
        if (state.against?.startsWith(scenario.code)) state.compareWith(null);
        if (state.scenario === scenario.code) state.setScenario(null);
        changed('scenarios');
      },

      restore: async (scenario: string, revision: number): Promise<Edit> => {
        const edit = await api.restore(district, scenario, revision);
        leave(edit.removed);
        changed('zones');
        stepOf(t('restoreStep', { n: revision }), edit);
        return edit;
      },

      take: async (scenario: string, from: Scenario, zones: readonly string[]): Promise<Edit> => {
        const edit = await api.take(district, scenario, from.code, zones);
        leave(edit.removed);
        changed('zones');
        stepOf(t('takeStep', { name: from.name }), edit);
        return edit;
      },
    };
  }, [district, changed, t]);
}
