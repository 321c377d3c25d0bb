// New sites: the question, or the answer that the URL names; under either what
// the scenario proposes already.
import { useEffect, useRef } from 'react';
import type { Siting } from '../api/nouns';
import { useSiting, useSitings } from '../api/sites';
import { useTypeName } from '../coverage/useTypeName';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, moment } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { useDraft } from './draft';
import { ProposedList } from './ProposedList';
import { questionOf } from './question';
import { SitingForm } from './SitingForm';
import { SitingView } from './SitingView';
import { gapSaid } from './said';
import own from './sites.module.css';
import { words } from './words';

export default function SitingPanel() {
  const district = useWorkbench((s) => s.district);
  const id = useWorkbench((s) => s.siting);
  const open = useWorkbench((s) => s.open);
  const siting = useSiting(district, id);
  const scroll = useRef<HTMLDivElement>(null);
  const show = (next: string | null) => open({ siting: next });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another answer is read from its top
  useEffect(() => {
    scroll.current?.scrollTo({ top: 0 });
  }, [id]);
  return (
    <div className={css.scroll} ref={scroll}>
      {id === null ? (
        <SitingForm onAsked={show} />
      ) : siting.isPending ? (
        <Waiting />
      ) : siting.isError ? (
        <Failure error={siting.error} retry={() => void siting.refetch()} />
      ) : (
        <SitingView
          key={id}
          siting={siting.data}
          onShow={show}
          onAgain={() => {
            useDraft.getState().set(questionOf(siting.data));
            show(null);
          }}
        />
      )}
      <ProposedList />
      <History shown={id} onOpen={show} />
    </div>
  );
}

function History({ shown, onOpen }: { shown: string | null; onOpen: (id: string) => void }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const list = useSitings(district);
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (!list.data?.length) return null;
  return (
    <div data-testid="siting-history">
      <div className={css.section} style={{ borderBottom: 0, paddingBottom: 6 }}>
        <h3>{t('history')}</h3>
      </div>
      {list.data.map((s) => (
        <Past key={s.id} siting={s} current={s.id === shown} onClick={() => onOpen(s.id)} />
      ))}
    </div>
  );
}

function Past({ siting: s, current, onClick }: { siting: Siting; current: boolean; onClick: () => void }) {
  const t = useWords(words);
  const typeName = useTypeName();
  return (
    <button
      type="button"
      className={`${css.past} ${own.past}`}
      aria-current={current}
      onClick={onClick}
      data-testid="siting-item"
    >
      <span>
        <span>
          {typeName({ facility_type: s.request.facility_type, facility_name: s.facility_name })} ·{' '}
          {t(`model.${s.request.model}`)}
        </span>
        <span>{s.answer ? t('sitesN', { n: count(s.answer.sites.length) }) : t(s.state)}</span>
      </span>
      <span className={ui.hint}>
        {s.answer && `${gapSaid(s.answer, t)} · `}
        {t('by', { who: s.created_by || '—', when: moment(s.created_at) })}
      </span>
    </button>
  );
}
