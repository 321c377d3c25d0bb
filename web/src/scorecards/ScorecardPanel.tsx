// The scorecard of the district: the form, or the one that the URL names, and
// the earlier ones.
import { useEffect, useRef } from 'react';
import { useScorecard, useScorecards } from '../api/scorecards';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { moment } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Empty, Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { ScoreForm } from './ScoreForm';
import { ScoreView } from './ScoreView';
import own from './scorecards.module.css';
import { words } from './words';

export default function ScorecardPanel() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const batch = useWorkbench((s) => s.batch);
  const open = useWorkbench((s) => s.open);
  const card = useScorecard(district, batch);
  const scroll = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another scorecard is read from its top
  useEffect(() => {
    scroll.current?.scrollTo({ top: 0 });
  }, [batch]);
  const show = (next: string | null) => open({ batch: next });
  return (
    <div className={css.scroll} ref={scroll}>
      {batch === null ? (
        <ScoreForm onMade={show} />
      ) : (
        <>
          <div className={own.top}>
            <strong>{t('title')}</strong>
            <Button small tone="ghost" icon="plus" onClick={() => show(null)} data-testid="score-back">
              {t('back')}
            </Button>
          </div>
          {card.isPending ? (
            <Waiting />
          ) : card.isError ? (
            <Failure error={card.error} retry={() => void card.refetch()} />
          ) : (
            <ScoreView card={card.data} />
          )}
        </>
      )}
      <History shown={batch} onOpen={show} />
    </div>
  );
}

function History({ shown, onOpen }: { shown: string | null; onOpen: (batch: string) => void }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const list = useScorecards(district);
  if (list.isPending) return null;
  if (list.isError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (list.data.length === 0)
    return (
      <Empty icon="table" title={t('none')}>
        {t('noneText')}
      </Empty>
    );
  return (
    <div data-testid="score-history">
      <div className={css.section} style={{ borderBottom: 0, paddingBottom: 6 }}>
        <h3>{t('history')}</h3>
      </div>
      {list.data.map((b) => (
        <button
          key={b.id}
          type="button"
          className={css.past}
          aria-current={b.id === shown}
          onClick={() => onOpen(b.id)}
          data-testid="score-item"
        >
          <span>
            <span>{b.area.name || t(`area.${b.area.kind}`)}</span>
            <span>{t(`method.${b.method}`)}</span>
          </span>
          <span className={ui.hint}>
            {b.profile} · {t('by', { who: b.created_by || '—', when: moment(b.created_at) })}
          </span>
        </button>
      ))}
    </div>
  );
}
