// Which steps the projects of the community have taken, and how far they got.
import type { CommunityFile } from '../api/dossiers';
import { useWords } from '../language';
import { Empty } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './dossier.module.css';
import { ProjectHead } from './Renewal';
import { words } from './words';

export function StepsPart({ file }: { file: CommunityFile }) {
  const t = useWords(words);
  if (file.projects.length === 0)
    return (
      <Empty icon="program" title={t('noProject')}>
        {t('noProjectText')}
      </Empty>
    );
  return (
    <>
      {file.projects.map((p) => (
        <section key={p.code} className={own.block}>
          <ProjectHead project={p} part="approval" />
          <p className={p.milestones.length ? undefined : ui.hint}>
            {p.milestones.length
              ? p.milestones.map((m) => `${t(`milestone.${m.kind}`)} ${m.on}`).join(' → ')
              : t('noMilestones')}
          </p>
          {p.steps.length === 0 ? (
            <p className={ui.hint}>{t('noSteps')}</p>
          ) : (
            <table className={own.table}>
              <thead>
                <tr>
                  <th>{t('steps')}</th>
                  <th>{t('result')}</th>
                  <th>{t('clause')}</th>
                  <th>{t('department')}</th>
                  <th>{t('due')}</th>
                  <th>{t('done')}</th>
                </tr>
              </thead>
              <tbody>
                {p.steps.map((s) => (
                  <tr key={s.key}>
                    <td className={own.name}>{s.name}</td>
                    <td>{t(`need.${s.need}`)}</td>
                    <td className={own.quiet}>{s.clause || '—'}</td>
                    <td className={own.quiet}>{s.department || '—'}</td>
                    <td>{s.due_on ?? '—'}</td>
                    <td>
                      {s.done_on ?? '—'} <span className={ui.hint}>{s.document_no}</span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </section>
      ))}
    </>
  );
}
