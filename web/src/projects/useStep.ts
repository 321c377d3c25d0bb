import { useQueryClient } from '@tanstack/react-query';
import {
  goOn,
  type IntakeStep,
  intakeSteps,
  type Phase,
  type ProjectFile,
  type Step,
  setCommunities,
  setPhase,
  takeStep,
} from '../api/projects';
import { keys } from '../api/queries';
import { Problem } from '../api/request';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { say } from '../ui/Toast';
import { words } from './words';

/** What a step says besides its name. */
export interface Said {
  reason: string;
  phase?: Phase;
  year?: number | null;
  communities?: string[];
  applicant?: string;
  appliedOn?: string;
}
/** `version` is that of the project as the person saw it when they began. */
export type Take = (step: Step, said: Said, version: number) => Promise<void>;

/** Takes a step and fetches what it changed. A lost race brings the newest state, and throws. */
export function useStep(district: string, p: ProjectFile): Take {
  const t = useWords(words);
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: keys.projects(district) });
  return async (step, said, version) => {
    try {
      if (step === 'promote' || step === 'follow') {
        const made = await goOn(district, p.code, version, step, {
          applied_on: said.appliedOn ?? '',
          ...(said.applicant?.trim() ? { applicant: said.applicant } : {}),
        });
        await refresh();
        say(t('submitted', { code: made.code }));
        const { select, sheet, openSheet } = useWorkbench.getState();
        select({ kind: 'project', code: made.code });
        if (sheet?.kind === 'project') openSheet({ ...sheet, code: made.code });
        return;
      }
      if (step === 'phase')
        await setPhase(district, p.code, version, {
          phase: said.phase ?? 'reserve',
          year: said.year ?? null,
          reason: said.reason,
        });
      else if (step === 'communities')
        await setCommunities(district, p.code, version, said.communities ?? [], said.reason);
      else if (isIntake(step))
        await takeStep(district, p.code, version, step, {
          reason: said.reason,
          ...(said.phase ? { phase: said.phase } : {}),
          ...(said.year ? { year: said.year } : {}),
        });
      await refresh();
      say(t(`did.${step}`));
    } catch (error) {
      if (error instanceof Problem && error.conflict) {
        await refresh();
        throw new Problem(412, error.title, t('changed'), [], error.current);
      }
      throw error;
    }
  };
}

const isIntake = (step: Step): step is IntakeStep & Step => (intakeSteps as readonly string[]).includes(step);
