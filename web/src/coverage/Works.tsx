// Items of the district's policy that answer a gap, each with what the policy
// says of it.
import { useQuery } from '@tanstack/react-query';
import type { CatalogueItem } from '../api/coverage';
import { policy } from '../api/coverage';
import { useDistrict } from '../api/queries';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { Popover } from '../ui/Popover';
import { Waiting } from '../ui/State';
import own from './coverage.module.css';
import { words } from './words';

export function Works({ works }: { works: readonly CatalogueItem[] }) {
  const t = useWords(words);
  if (!works.length) return null;
  return (
    <ul className={own.works} aria-label={t('works')}>
      {works.map((w) => (
        <li key={`${w.no} ${w.name}`}>
          <Popover
            align="start"
            trigger={
              <button type="button" className={own.work} data-testid="work">
                {w.no ? t('item', { n: w.no, name: w.name }) : w.name}
              </button>
            }
          >
            <WorkText work={w} />
          </Popover>
        </li>
      ))}
    </ul>
  );
}

function WorkText({ work: w }: { work: CatalogueItem }) {
  const t = useWords(words);
  const key = useDistrict(useWorkbench((s) => s.district)).data?.policy_key ?? '';
  const text = useQuery({
    queryKey: ['policy', key],
    queryFn: () => policy(key),
    enabled: !!key,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const item = text.data?.items.find((i) => i.no === w.no && i.name === w.name);
  return (
    <div className={own.workText} data-testid="work-text">
      <strong>{w.name}</strong>
      <span>
        {text.data ? `${text.data.title}（${text.data.document_no}）` : ''} {w.clause}
      </span>
      {text.isPending && !!key && <Waiting rows={2} />}
      {item?.content && (
        <p>
          <b>{t('workContent')}</b>
          {item.content}
        </p>
      )}
      {item?.standard && (
        <p>
          <b>{t('workStandard')}</b>
          {item.standard}
        </p>
      )}
    </div>
  );
}
