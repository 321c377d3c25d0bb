// The projects of a library in the order of its rule, each with why.
import { useState } from 'react';
import { type Library, usePriorities } from '../api/projects';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { percent } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Segments } from '../ui/Field';
import { Empty, Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { ruleOf } from './figures';
import { StateBadge } from './marks';
import own from './projects.module.css';
import { words } from './words';

export default function PrioritiesView() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const selected = useWorkbench((s) => (s.selection?.kind === 'project' ? s.selection.code : null));
  const select = useWorkbench((s) => s.select);
  const [library, setLibrary] = useState<Library>('comprehensive');
  const query = usePriorities(district, library);
  const items = query.data?.items ?? [];
  const rule = items[0]?.priority;
  return (
    <>
      <div className={own.top}>
        <Segments
          label={t('library')}
          value={library}
          onChange={setLibrary}
          testId="priority-library"
          options={[
            { value: 'comprehensive', label: t('comprehensive') },
            { value: 'management', label: t('management') },
          ]}
        />
        {rule?.rule && <p className={own.clause}>{ruleOf(rule)}</p>}
      </div>
      <div className={css.scroll} data-testid="priorities">
        {query.isError && <Failure error={query.error} retry={() => void query.refetch()} />}
        {query.isPending && <Waiting rows={6} />}
        {query.data && items.length === 0 && <Empty icon="program" title={t('noPriority')} />}
        {items.map((i) => (
          <button
            key={i.code}
            type="button"
            className={own.row}
            aria-current={i.code === selected}
            onClick={() => select({ kind: 'project', code: i.code })}
            data-testid="priority-row"
          >
            <span className={own.rowHead}>
              <span className={own.rank}>{i.rank}</span>
              <strong style={{ flex: 1 }}>{i.name}</strong>
              {i.priority.first && (
                <span className={`${ui.badge} ${ui.okTone} ${ui.plain}`}>{t('first')}</span>
              )}
              <StateBadge project={{ ...i, proposed_phase: null }} />
            </span>
            {!i.priority.first && <span className={own.why}>{i.priority.why}</span>}
            <span className={own.rowText}>
              <span>{i.code}</span>
              {i.priority.consent !== null && (
                <span>
                  {t('consent')} {percent(i.priority.consent)}
                </span>
              )}
              <span>
                {t('need')} {i.priority.need.toFixed(2)}
              </span>
            </span>
          </button>
        ))}
      </div>
    </>
  );
}
