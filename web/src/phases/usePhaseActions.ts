// What a person does to a phasing: try, ask for a proposal, take it over.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { PhasePlan } from '../api/nouns';
import * as api from '../api/phases';
import { invalidate, keys } from '../api/queries';
import { Problem } from '../api/request';
import { undoRevision } from '../api/scenarios';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { useSteps } from '../state/undo';
import { useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import { locksOf, type Moves, movesTo, placeOf } from './board';
import { useTrial } from './trial';
import type { Phases } from './usePhases';
import { words } from './words';

export function usePhaseActions({ district, code, saved, plan, changes, typed, mayTry }: Phases) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const data = saved.data;

  const changed = useCallback(() => {
    invalidate(client, district, { layer: 'zones', bbox: null });
    void client.invalidateQueries({ queryKey: keys.scenarios(district) });
    useControl.getState().controller?.refresh('zones');
  }, [client, district]);

  const yearText = (year: number | null) => (year === null ? t('none') : String(year));

  const move = (zone: string, year: number | null) => {
    const { moves, proposal, start, change } = useTrial.getState();
    const z = data?.zones.find((z) => z.code === zone);
    if (!z || !mayTry || placeOf(z, moves).year === year) return;
    const years = new Map(moves.years);
    if (year === z.year) years.delete(zone);
    else years.set(zone, year);
    change(t('moveStep', { name: z.name, year: yearText(year) }), {
      moves: { ...moves, years },
      proposal,
      start,
    });
  };
  const lock = (zone: string) => {
    const { moves, proposal, start, change } = useTrial.getState();
    const z = data?.zones.find((z) => z.code === zone);
    if (!z || !mayTry) return;
    const { locked, year } = placeOf(z, moves);
    if (year === null && !locked) return say(t('lockNeedsYear'));
    const locks = new Map(moves.locks);
    if (!locked === z.locked && !moves.years.has(zone)) locks.delete(zone);
    else locks.set(zone, !locked);
    change(t(locked ? 'unlockStep' : 'lockStep', { name: z.name }), {
      moves: { ...moves, locks },
      proposal,
      start,
    });
  };

  const propose = async (): Promise<PhasePlan | null> => {
    if (!data || !code) return null;
    const { moves, change } = useTrial.getState();
    const plan = await api.proposeSchedule(district, code, { settings: typed, zones: locksOf(data, moves) });
    const next: Moves = movesTo(data, plan, moves.locks);
    change(t('proposeStep'), { moves: next, proposal: plan, start: plan });
    return plan;
  };

  const apply = async (): Promise<void> => {
    if (!data || !code || !changes.length) return;
    try {
      const edit = await api.setYears(district, code, data.revision, changes);
      const { proposal, end } = useTrial.getState();
      // What was tried is what is saved now; nothing jumps back until the service has said so.
      const now = new Map(changes.map((c) => [c.code, c]));
      client.setQueryData<PhasePlan>(api.phaseKeys.plan(district, code), {
        ...(plan ?? data),
        revision: edit.revision,
        zones: (plan ?? data).zones.map((z) => ({ ...z, ...now.get(z.code) })),
      });
      // The proof stays true: nothing but the years has changed.
      end(proposal && { ...proposal, revision: edit.revision });
      let last = edit.revision;
      const back = async () => {
        last = (await undoRevision(district, code, last)).revision;
        changed();
      };
      useSteps.getState().done({ label: t('applyStep', { n: changes.length }), undo: back, redo: back });
      say(t('applied', { n: changes.length }));
    } catch (error) {
      if (!(error instanceof Problem && error.conflict)) return say(sentence(error), { bad: true });
      say(t('overtaken'), { bad: true });
    }
    changed();
  };
  return { move, lock, propose, apply, discard: () => useTrial.getState().end() };
}
