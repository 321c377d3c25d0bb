// How a project's state, phase and library look, everywhere alike.
import type { Outcome, Phase, Project } from '../api/projects';
import { useWords } from '../language';
import type { Theme } from '../state/workbench';
import ui from '../ui/ui.module.css';
import own from './projects.module.css';
import { words } from './words';

type Standing = Pick<Project, 'state' | 'phase' | 'proposed_phase' | 'year'>;

/** Colours of the phases; they stay apart for every common kind of colour blindness. */
export const phaseColours: Record<Theme, Record<Phase, string>> = {
  light: { implement: '#0b5cab', plan: '#e08214', reserve: '#7f8a96' },
  dark: { implement: '#5aaeea', plan: '#f2a649', reserve: '#98a2af' },
};
export const phases: readonly Phase[] = ['implement', 'plan', 'reserve'];

/** Where a project stands: its phase and year once it is in its library, else its state. */
export function StateBadge({ project: p }: { project: Standing }) {
  const t = useWords(words);
  const phase = p.state === 'confirmed' ? p.phase : null;
  const tone = phase
    ? own[phase]
    : p.state === 'applied' || p.state === 'accepted'
      ? ui.warnTone
      : p.state === 'returned'
        ? ui.badTone
        : '';
  return (
    <span className={`${ui.badge} ${phase ? '' : ui.plain} ${tone}`} data-testid="project-state">
      {phase ? t(`phase.${phase}`) : t(`state.${p.state}`)}
      {phase && p.year ? ` ${p.year}` : ''}
    </span>
  );
}

/** A phase that a project is meant for while it is not confirmed. */
export function ProposedPhase({ project: p }: { project: Standing }) {
  const t = useWords(words);
  if (p.phase || !p.proposed_phase) return null;
  return (
    <span className={ui.hint}>
      {t('proposedPhase', { phase: t(`phase.${p.proposed_phase}`) })}
      {p.year ? ` ${p.year}` : ''}
    </span>
  );
}

export function OutcomeBadge({ outcome, factor }: { outcome: Outcome; factor?: boolean }) {
  const t = useWords(words);
  const tone = { holds: ui.okTone, fails: ui.badTone, unknown: ui.warnTone }[outcome];
  return <span className={`${ui.badge} ${tone}`}>{t(`${factor ? 'factor' : 'outcome'}.${outcome}`)}</span>;
}
