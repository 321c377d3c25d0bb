import type { Project } from '../api/projects';
import { useWords } from '../language';
import { count, floorArea } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { DemoMark } from '../ui/State';
import { ProposedPhase, StateBadge } from './marks';
import own from './projects.module.css';
import { words } from './words';

/** A project in a list; a click selects it. */
export function ProjectRow({ project: p }: { project: Project }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const current = useWorkbench((s) => s.selection?.kind === 'project' && s.selection.code === p.code);
  const select = useWorkbench((s) => s.select);
  return (
    <button
      type="button"
      className={own.row}
      aria-current={current}
      onClick={() => select({ kind: 'project', code: p.code })}
      data-testid="project-row"
      data-code={p.code}
    >
      <span className={own.rowHead}>
        <strong>{p.name}</strong>
        <StateBadge project={p} />
      </span>
      <span className={own.rowText}>
        <span>{p.code}</span>
        <span>{t(p.library)}</span>
        <ProposedPhase project={p} />
        {p.demonstration && <span>{t('demonstration')}</span>}
      </span>
      <span className={own.rowText}>
        <span>{t('communitiesN', { n: count(p.communities.length) })}</span>
        <span>{t('householdsN', { n: count(p.households) })}</span>
        <span>{floorArea(p.floor_area_m2, language)}</span>
        {p.strays > 0 && <span className={own.warn}>{t('strays')}</span>}
        {p.generated.length > 0 && <DemoMark />}
      </span>
    </button>
  );
}
