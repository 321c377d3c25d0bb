// The file of a project: what it is, what is renovated, who pays, what is approved, how far it got.
import { lazy, Suspense } from 'react';
import css from '../frame/frame.module.css';
import { SheetHead } from '../frame/SheetHead';
import { useWords } from '../language';
import { Waiting } from '../ui/State';
import { words } from './words';

const ProjectWorks = lazy(() => import('../works/ProjectWorks'));
const ProjectMoney = lazy(() => import('../works/ProjectMoney'));
const ProjectApproval = lazy(() => import('../approvals/ProjectApproval'));
const ProjectProgress = lazy(() => import('../progress/ProjectProgress'));
const Attachments = lazy(() => import('../dossier/Attachments'));

const parts = ['about', 'works', 'money', 'approval', 'progress', 'papers'] as const;

export default function ProjectSheet({ code, part }: { code: string; part: string }) {
  const t = useWords(words);
  const shown = parts.find((p) => p === part) ?? 'about';
  return (
    <>
      <SheetHead title={code} parts={parts.map((key) => ({ key, name: t(`part.${key}`) }))} part={shown} />
      <div className={css.sheetBody}>
        <Suspense fallback={<Waiting rows={9} />}>
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
