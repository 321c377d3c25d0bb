// Accepting sites and withdrawing proposed facilities, each a step that can be
// taken back.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Proposed, Siting } from '../api/nouns';
import { keys } from '../api/queries';
import { Problem } from '../api/request';
import { acceptSites, proposeFacility, withdrawFacility } from '../api/sites';
import { useWords } from '../language';
import { StepGone, useSteps } from '../state/undo';
import { useWorkbench } from '../state/workbench';
import { say } from '../ui/Toast';
import { words } from './words';

export function useProposing() {
  const t = useWords(words);
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);

  const refresh = useCallback(() => {
    void client.invalidateQueries({ queryKey: keys.proposed(district) });
    void client.invalidateQueries({ queryKey: keys.sitings(district) });
    void client.invalidateQueries({ queryKey: keys.services(district) });
  }, [client, district]);

  /** Others may have withdrawn or changed them by now: then the step is gone. */
  const takeBack = useCallback(
    async (made: readonly Proposed[]) => {
      try {
        for (const p of made) await withdrawFacility(district, p);
      } catch (error) {
        if (error instanceof Problem && (error.conflict || error.status === 404))
          throw new StepGone(t('stepGone'));
        throw error;
      } finally {
        refresh();
      }
    },
    [district, refresh, t],
  );

  const accept = useCallback(
    async (siting: Siting, sites: readonly number[], scenario: string) => {
      const act = async () => {
        const now = await acceptSites(district, siting.id, { sites: [...sites] });
        refresh();
        return now;
      };
      let made = await act();
      useSteps.getState().done({
        label: t('acceptStep'),
        undo: () => takeBack(made),
        redo: async () => {
          made = await act();
        },
      });
      say(t('acceptedN', { name: scenario, n: made.length }));
    },
    [district, refresh, takeBack, t],
  );

  const withdraw = useCallback(
    async (gone: Proposed) => {
      try {
        await withdrawFacility(district, gone);
      } finally {
        refresh();
      }
      let there: Proposed | null = null;
      useSteps.getState().done({
        label: t('withdrawStep'),
        undo: async () => {
          there = await proposeFacility(district, gone.scenario, {
            facility_type: gone.facility_type,
            name: gone.name,
            location: gone.location,
            note: gone.note,
            ...(gone.capacity === null ? {} : { capacity: gone.capacity }),
          });
          refresh();
        },
        redo: () => (there ? takeBack([there]) : Promise.resolve()),
      });
      say(t('withdrawn', { name: gone.name || gone.facility_name }));
    },
    [district, refresh, takeBack, t],
  );
  return { accept, withdraw };
}
