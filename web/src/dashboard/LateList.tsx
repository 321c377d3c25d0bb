// Late things, the latest first; each leads to its file.
import type { LateItem } from '../api/dashboard';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import own from './dashboard.module.css';
import { words } from './words';

export function LateList({ items, narrow = false }: { items: LateItem[]; narrow?: boolean }) {
  const t = useWords(words);
  if (items.length === 0) return <p className={own.note}>{t('noLate')}</p>;
  return (
    <ul className={own.late} data-narrow={narrow || undefined} data-testid="late-list">
      {items.map((item) => (
        <li key={`${item.kind}${item.code}${item.what}`}>
          <Late item={item} />
        </li>
      ))}
    </ul>
  );
}

function Late({ item }: { item: LateItem }) {
  const t = useWords(words);
  const openSheet = useWorkbench((s) => s.openSheet);
  const setTab = useWorkbench((s) => s.setProgramTab);
  const go = () => {
    if (item.kind === 'report') {
      openSheet(null);
      setTab('months');
    } else openSheet({ kind: item.kind === 'survey' ? 'community' : 'project', code: item.code, part: '' });
  };
  const title = [item.what, item.due_on, item.department, item.clause].filter(Boolean).join(' · ');
  return (
    <button type="button" className={own.lateItem} onClick={go} title={title}>
      <i data-kind={item.kind}>{t(`late.${item.kind}`)}</i>
      <span className={own.itemName}>{item.name}</span>
      <span className={own.lateWhat}>{item.what}</span>
      <em className={own.bad}>{t('days', { n: item.days })}</em>
    </button>
  );
}
