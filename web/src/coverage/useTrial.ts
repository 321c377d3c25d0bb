// A what-if at the service: begun with the panel, asked with every difference,
// begun again without a word where it has expired, ended with the panel.
import { useEffect, useRef, useState } from 'react';
import {
  beginTrial,
  type Change,
  endTrial,
  type PathGains,
  rankPaths,
  type Trial,
  type TrialAnswer,
  tryChanges,
} from '../api/coverage';
import { Problem } from '../api/request';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Asker } from './asker';
import { changesOf, useTrying } from './trying';

export interface TrialState {
  trial: Trial | null;
  /** null: nothing is different, or the first answer has not come. */
  answer: TrialAnswer | null;
  paths: PathGains | null;
  /** A question is under way. */
  asking: boolean;
  error: unknown;
}

const idle: TrialState = { trial: null, answer: null, paths: null, asking: false, error: null };

export function useTrial(run: string | null): TrialState & { retry: () => void } {
  const district = useWorkbench((s) => s.district);
  const controller = useControl((s) => s.controller);
  const [state, setState] = useState<TrialState>(idle);
  const [attempt, setAttempt] = useState(0);
  const asker = useRef<Asker<Change[], TrialAnswer> | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt begins anew
  useEffect(() => {
    if (!run) return;
    let trial: Promise<Trial> | null = null;
    let over = false;
    const begin = (): Promise<Trial> => {
      const begun = beginTrial(district, run);
      trial = begun;
      begun.then(
        (t) => (over ? void endTrial(district, t.id).catch(() => {}) : setState((s) => ({ ...s, trial: t }))),
        (error: unknown) => {
          if (!over) setState((s) => ({ ...s, error }));
        },
      );
      return begun;
    };
    const ask = async <A>(question: (trial: string) => Promise<A>): Promise<A> => {
      const { id } = await (trial ?? begin());
      return question(id);
    };
    /** A what-if that nobody asked for a while is gone; another one takes its place. */
    const lasting = <A>(question: (trial: string) => Promise<A>): Promise<A> =>
      ask(question).catch((error: unknown) => {
        if (!(error instanceof Problem) || error.status !== 404) throw error;
        trial = null;
        return ask(question);
      });
    const failed = (error: unknown) => setState((s) => ({ ...s, asking: false, error }));
    // Paths are ranked when the hand rests, not with every metre of a drag.
    const ranker = new Asker<Change[], PathGains>(
      (changes) => lasting((id) => rankPaths(district, id, changes)),
      { answered: (paths) => setState((s) => ({ ...s, paths })), failed },
    );
    const mine = new Asker<Change[], TrialAnswer>(
      (changes) => lasting((id) => tryChanges(district, id, changes)),
      {
        answered: (answer, changes, last) => {
          const drawn = changes.filter((c) => c.kind === 'path');
          setState((s) => ({
            ...s,
            answer: changes.length ? answer : null,
            paths: drawn.length ? s.paths : null,
            asking: !last,
            error: null,
          }));
          if (last && drawn.length) ranker.ask(drawn);
        },
        failed,
      },
    );
    asker.current = mine;
    setState(idle);
    begin().catch(() => {});
    if (changesOf(useTrying.getState()).length) mine.ask(changesOf(useTrying.getState()));
    return () => {
      over = true;
      mine.stop();
      ranker.stop();
      asker.current = null;
      trial?.then((t) => endTrial(district, t.id)).catch(() => {});
    };
  }, [district, run, attempt]);

  useEffect(
    () =>
      useTrying.subscribe((now, before) => {
        if (
          now.moved === before.moved &&
          now.closed === before.closed &&
          now.paths === before.paths &&
          samePlaces(now.added, before.added)
        )
          return;
        setState((s) => ({ ...s, asking: true }));
        asker.current?.ask(changesOf(now));
      }),
    [],
  );

  const { answer } = state;
  useEffect(() => {
    controller?.setTried(new Map((answer?.changed ?? []).map((c) => [c.id, c.covered])));
  }, [controller, answer]);
  useEffect(() => () => controller?.setTried(new Map()), [controller]);
  return { ...state, retry: () => setAttempt((n) => n + 1) };
}

type Place = { id: string; location: readonly [number, number] };
const samePlaces = (a: readonly Place[], b: readonly Place[]): boolean =>
  a.length === b.length && a.every((p, i) => p.id === b[i]?.id && p.location === b[i]?.location);
