// In the inspector of a community or zone: the live project that it is in, or
// the way to apply for one.
import { lazy, Suspense, useState } from 'react';
import { useProjectsOf } from '../api/projects';
import { useSession } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { StateBadge } from './marks';
import own from './projects.module.css';
import { words } from './words';

const ApplyDialog = lazy(() => import('./ApplyDialog'));

export default function InspectedProject({ kind, code }: { kind: 'community' | 'zone'; code: string }) {
  const t = useWords(words);
  const session = useSession();
  const district = useWorkbench((s) => s.district);
  const scenario = useWorkbench((s) => s.scenario);
  const select = useWorkbench((s) => s.select);
  const query = useProjectsOf(
    district,
    kind === 'community' ? { community: code } : { zone: code, ...(scenario ? { scenario } : {}) },
  );
  const [applying, setApplying] = useState(false);
  const refused = may(session.data, 'edit.program') ? null : t('noRight');
  const list = query.data?.items ?? [];
  return (
    <div className={css.section} data-testid="inspected-project">
      <h3>
        {t('ofProject')}
        {query.data && list.length === 0 && (
          <Button
            small
            icon="plus"
            refused={refused}
            onClick={() => setApplying(true)}
            data-testid="make-project"
          >
            {t('makeProject')}
          </Button>
        )}
      </h3>
      {query.isPending && <Waiting rows={1} />}
      {query.data && list.length === 0 && <p className={ui.hint}>{t('inNoProject')}</p>}
      {list.map((p) => (
        <div key={p.code} className={own.rowHead}>
          <button
            type="button"
            className={own.plainLink}
            onClick={() => select({ kind: 'project', code: p.code })}
            data-testid="inspected-project-link"
          >
            {p.name} <span className={ui.hint}>{p.code}</span>
          </button>
          <StateBadge project={p} />
        </div>
      ))}
      {applying && (
        <Suspense fallback={null}>
          <ApplyDialog onClose={() => setApplying(false)} />
        </Suspense>
      )}
    </div>
  );
}
