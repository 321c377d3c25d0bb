// What the person may do next to a project, as buttons; each asks for what the
// step needs before it is taken.
import { lazy, Suspense, useState } from 'react';
import type { ProjectFile, Step } from '../api/projects';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import own from './projects.module.css';
import { useStep } from './useStep';
import { words } from './words';

const StepDialog = lazy(() => import('./StepDialog'));

const forward: readonly Step[] = ['accept', 'confirm', 'reapply', 'promote', 'follow'];

export function NextSteps({ project: p, small = true }: { project: ProjectFile; small?: boolean }) {
  const t = useWords(words);
  const sentence = useSentence();
  const district = useWorkbench((s) => s.district);
  const take = useStep(district, p);
  const [asked, setAsked] = useState<Step | null>(null);
  const begin = async (step: Step, needsReason: boolean) => {
    // To accept, and to take an application up again, needs no words.
    if (!needsReason && (step === 'accept' || step === 'reapply')) {
      try {
        await take(step, { reason: '' }, p.version);
      } catch (error) {
        say(sentence(error), { bad: true });
      }
      return;
    }
    setAsked(step);
  };
  if (p.steps.length === 0) return <p className={ui.hint}>{t('nothingNext')}</p>;
  const needs = p.steps.find((s) => s.step === asked)?.needs_reason ?? false;
  return (
    <>
      <div className={own.chips} data-testid="project-steps">
        {p.steps.map((s) => (
          <Button
            key={s.step}
            small={small}
            tone={forward.includes(s.step) ? 'primary' : 'plain'}
            onClick={() => void begin(s.step, s.needs_reason)}
            data-testid={`step-${s.step}`}
          >
            {t(`step.${s.step}`)}
          </Button>
        ))}
      </div>
      {asked && (
        <Suspense fallback={null}>
          <StepDialog
            project={p}
            step={asked}
            needsReason={needs}
            take={take}
            onClose={() => setAsked(null)}
          />
        </Suspense>
      )}
    </>
  );
}
