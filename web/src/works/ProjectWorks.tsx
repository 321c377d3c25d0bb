// What a project renovates: the catalogue as a menu, answered item by item.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keys, useSession } from '../api/queries';
import { Problem } from '../api/request';
import * as api from '../api/works';
import { useWords } from '../language';
import { moment } from '../language/format';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Segments } from '../ui/Field';
import { Failure, Notice, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import { type Draft, draftOf, faultsOf, isAnswered, isDone, linesOf, same, withSuggestions } from './draft';
import { MenuTable } from './MenuTable';
import { PriceBook } from './PriceBook';
import { StaleNotice } from './StaleNotice';
import { TotalsBar } from './TotalsBar';
import { words } from './words';
import css from './works.module.css';

type Filter = 'all' | 'suggested' | 'open' | 'done';

export default function ProjectWorks({ code }: { code: string }) {
  const district = useWorkbench((s) => s.district);
  const asked = api.useWorks(district, code);
  if (asked.isError) return <Failure error={asked.error} retry={() => void asked.refetch()} />;
  if (!asked.data) return <Waiting rows={12} />;
  return <Menu key={code} district={district} works={asked.data} />;
}

function Menu({ district, works }: { district: string; works: api.Works }) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const session = useSession();
  const [seen, setSeen] = useState(works);
  const [draft, setDraft] = useState<Draft>(() => draftOf(works));
  const [filter, setFilter] = useState<Filter>('all');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [theirs, setTheirs] = useState<api.Works | null>(null);
  const [book, setBook] = useState(false);
  const dirty = !same(draft, draftOf(seen));
  // Nothing typed: the table follows the server. Otherwise saving is based on what the person began with.
  if (!dirty && seen !== works) {
    setSeen(works);
    setDraft(draftOf(works));
  }
  const mayEdit = may(session.data, 'edit.program');
  const faults = faultsOf(draft);
  const load = (now: api.Works) => {
    client.setQueryData([...keys.works(district), 'menu', works.project], now);
    setSeen(now);
    setDraft(draftOf(now));
    setTheirs(null);
    setProblem(null);
  };
  const save = async (version: number) => {
    setBusy(true);
    setProblem(null);
    try {
      load(await api.saveWorks(district, works.project, version, linesOf(draft)));
      void client.invalidateQueries({ queryKey: keys.works(district) });
      say(t('saved'));
    } catch (error) {
      if (error instanceof Problem && error.conflict && isWorks(error.current)) setTheirs(error.current);
      else setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  const shown = works.items.filter((item) => {
    const lines = draft.get(item.no) ?? [];
    return (
      filter === 'all' ||
      (filter === 'suggested' && item.suggested) ||
      (filter === 'open' && !isAnswered(lines)) ||
      (filter === 'done' && isDone(lines))
    );
  });
  const waiting = works.items.some(
    (i) => i.suggested && (draft.get(i.no) ?? []).some((l) => l.answer === ''),
  );

  return (
    <div className={css.works} data-testid="works">
      <div className={css.tools}>
        <Segments<Filter>
          label={t('show')}
          value={filter}
          onChange={setFilter}
          options={(['all', 'suggested', 'open', 'done'] as const).map((f) => ({ value: f, label: t(f) }))}
          testId="works-show"
        />
        {mayEdit && waiting && (
          <Button
            small
            icon="check"
            onClick={() => setDraft(withSuggestions(draft, works))}
            data-testid="works-take"
          >
            {t('takeSuggested')}
          </Button>
        )}
        <Button small icon="table" onClick={() => setBook(true)} data-testid="works-prices">
          {t('priceBook')}
        </Button>
        <span className={css.meta}>
          {t('policy', { title: works.policy_title })} ·{' '}
          {works.updated_at === null
            ? t('never')
            : t('by', { who: works.updated_by || t('someone'), when: moment(works.updated_at) })}
        </span>
      </div>
      {works.warnings.map((w) => (
        <Notice key={`${w.kind}-${w.items.join('-')}`} tone="warn">
          {w.text}
          {w.clause && <span className={css.clause}>{w.clause}</span>}
        </Notice>
      ))}
      {works.unplaced.length > 0 && (
        <Notice>
          {t('unplaced')}
          {works.unplaced.map((e) => `${e.community_name}：${e.text}`).join(' ')}
        </Notice>
      )}
      {theirs && (
        <StaleNotice
          who={theirs.updated_by}
          busy={busy}
          onTheirs={() => load(theirs)}
          onMine={() => void save(theirs.version)}
        />
      )}
      <MenuTable works={works} items={shown} draft={draft} mayEdit={mayEdit} onChange={setDraft} />
      <TotalsBar
        works={works}
        draft={draft}
        mayEdit={mayEdit}
        dirty={dirty}
        busy={busy}
        problem={problem ?? (faults.length > 0 && dirty ? t('faults', { n: faults.length }) : null)}
        refused={faults.length > 0}
        onSave={() => void save(seen.version)}
        onReset={() => load(works)}
      />
      {book && <PriceBook district={district} items={works.items} onClose={() => setBook(false)} />}
    </div>
  );
}

function isWorks(value: unknown): value is api.Works {
  return typeof value === 'object' && value !== null && 'items' in value && 'must' in value;
}
