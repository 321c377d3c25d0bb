import { useCallback } from 'react';
import { useWords } from '../language';
import { StepGone, useSteps } from '../state/undo';
import { useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import { words } from './words';

/** Undo and redo with a word about what happened; drawing steps stay silent. */
export function useUndo() {
  const t = useWords(words);
  const sentence = useSentence();
  const step = useCallback(
    async (which: 'undo' | 'redo') => {
      try {
        const taken = await useSteps.getState()[which]();
        if (taken) say(t(which === 'undo' ? 'undone' : 'redone', { what: taken.label }));
      } catch (error) {
        say(error instanceof StepGone ? error.message : sentence(error), { bad: true });
      }
    },
    [t, sentence],
  );
  return {
    undo: useCallback(() => void step('undo'), [step]),
    redo: useCallback(() => void step('redo'), [step]),
  };
}
