// Communities by neighborhood (the basic spatial unit), zone or subdistrict:
// how many are in projects, and which are eligible without one.
import { useState } from 'react';
import { useGroups } from '../api/projects';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Segments } from '../ui/Field';
import { Failure, Waiting } from '../ui/State';
import type { Picked } from './CommunityPicker';
import own from './projects.module.css';
import { words } from './words';

const ways = ['neighborhood', 'zone', 'subdistrict'] as const;

export default function GroupsView({
  refused,
  onApply,
}: {
  refused: string | null;
  onApply: (communities: Picked[]) => void;
}) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const select = useWorkbench((s) => s.select);
  const [by, setBy] = useState<(typeof ways)[number]>('neighborhood');
  const query = useGroups(district, by);
  return (
    <>
      <div className={own.top}>
        <Segments
          label={t('by')}
          value={by}
          onChange={setBy}
          testId="groups-by"
          options={ways.map((w) => ({ value: w, label: t(`by.${w}`) }))}
        />
      </div>
      <div className={css.scroll} data-testid="project-groups">
        {query.isError && <Failure error={query.error} retry={() => void query.refetch()} />}
        {query.isPending && <Waiting rows={6} />}
        {query.data?.items.map((g) => (
          <div key={g.code} className={own.row} style={{ cursor: 'default' }} data-testid="project-group">
            <span className={own.rowHead}>
              <strong>{g.name || g.code || t('ofNone')}</strong>
              <span className={own.rowText}>
                {t('inProject', { n: count(g.in_project), all: count(g.communities) })}
              </span>
            </span>
            <span className={own.bar} aria-hidden>
              <i style={{ width: `${(100 * g.in_project) / Math.max(1, g.communities)}%` }} />
            </span>
            {g.projects.length > 0 && (
              <span className={own.rowText}>
                {g.projects.map((code) => (
                  <button
                    key={code}
                    type="button"
                    className={own.plainLink}
                    onClick={() => select({ kind: 'project', code })}
                  >
                    {code}
                  </button>
                ))}
              </span>
            )}
            {g.open.length > 0 && (
              <span className={own.rowHead}>
                <span className={own.why}>{t('openN', { n: count(g.open_count) })}</span>
                {g.open_count <= g.open.length && (
                  <Button small refused={refused} onClick={() => onApply(g.open)}>
                    {t('applyForOpen')}
                  </Button>
                )}
              </span>
            )}
          </div>
        ))}
      </div>
    </>
  );
}
