// The file of a project: what it is, what is renovated, who pays, what is approved, how far it got.
import { lazy, Suspense } from 'react';
import { useProject } from '../api/projects';
import css from '../frame/frame.module.css';
import { SheetHead } from '../frame/SheetHead';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';
import { DemoMark, Waiting } from '../ui/State';
import { lookAtProject } from './lookAt';
import { ProposedPhase, StateBadge } from './marks';
import own from './projects.module.css';
import { words } from './words';

const ProjectAbout = lazy(() => import('./ProjectAbout'));
const ProjectWorks = lazy(() => import('../works/ProjectWorks'));
const ProjectMoney = lazy(() => import('../works/ProjectMoney'));
const ProjectApproval = lazy(() => import('../approvals/ProjectApproval'));
const ProjectProgress = lazy(() => import('../progress/ProjectProgress'));
const Attachments = lazy(() => import('../dossier/Attachments'));

const parts = ['about', 'works', 'money', 'approval', 'progress', 'papers'] as const;

export default function ProjectSheet({ code, part }: { code: string; part: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const { openSheet, select } = useWorkbench.getState();
  const p = useProject(district, code).data;
  const shown = parts.find((p) => p === part) ?? 'about';
  return (
    <>
      <SheetHead
        title={p?.name ?? code}
        sub={
          p && (
            <span className={own.stateLine}>
              <span>{p.code}</span>
              <span>{t(p.library)}</span>
              <StateBadge project={p} />
              <ProposedPhase project={p} />
              {p.generated.length > 0 && <DemoMark />}
            </span>
          )
        }
        parts={parts.map((key) => ({ key, name: t(`part.${key}`) }))}
        part={shown}
      >
        {p && (
          <IconButton
            icon="locate"
            label={t('openOnMap')}
            onClick={() => {
              openSheet(null);
              select({ kind: 'project', code });
              lookAtProject(p);
            }}
            data-testid="project-on-map"
          />
        )}
      </SheetHead>
      <div className={css.sheetBody}>
        <Suspense fallback={<Waiting rows={9} />}>
          {shown === 'about' && <ProjectAbout code={code} />}
          {shown === 'works' && <ProjectWorks code={code} />}
          {shown === 'money' && <ProjectMoney code={code} />}
          {shown === 'approval' && <ProjectApproval code={code} />}
          {shown === 'progress' && <ProjectProgress code={code} />}
          {shown === 'papers' && <Attachments project={code} />}
        </Suspense>
      </div>
    </>
  );
}
