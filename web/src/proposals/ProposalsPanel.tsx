// The panel of proposals inside the zones mode: the conditions, or the answer
// that the URL names.
import { useEffect, useState } from 'react';
import { useProposal, useProposals } from '../api/proposals';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, moment, percent } from '../language/format';
import { useScenario } from '../scenarios/useScenario';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { type Demand, demandOf, under, usual } from './demand';
import { ProposalForm } from './ProposalForm';
import { ProposalView } from './ProposalView';
import own from './proposals.module.css';
import { words } from './words';

export default function ProposalsPanel() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const shown = useWorkbench((s) => s.proposal);
  const open = useWorkbench((s) => s.open);
  const id = shown && shown !== 'new' ? shown : null;
  const proposal = useProposal(district, id);
  const rules = useScenario()?.rules;
  const [typed, setTyped] = useState<Demand | null>(null);
  // Whoever opens a shared answer and asks again starts from what was asked.
  const asked = proposal.data?.request;
  useEffect(() => {
    if (asked) setTyped(demandOf(asked));
  }, [asked]);
  const show = (next: string | null) => open({ proposal: next });
  return (
    <>
      <header className={css.head}>
        <h2>{t('title')}</h2>
        <Button small tone="ghost" icon="close" onClick={() => show(null)} data-testid="proposals-close">
          {t('back')}
        </Button>
      </header>
      <div className={css.scroll}>
        {id === null ? (
          <>
            <ProposalForm
              demand={typed ?? (rules ? under(rules) : usual)}
              onChange={setTyped}
              onAsked={show}
            />
            <History onOpen={show} />
          </>
        ) : proposal.isPending ? (
          <Waiting />
        ) : proposal.isError ? (
          <Failure error={proposal.error} retry={() => void proposal.refetch()} />
        ) : (
          <ProposalView key={id} proposal={proposal.data} onAgain={() => show('new')} />
        )}
      </div>
    </>
  );
}

function History({ onOpen }: { onOpen: (id: string) => void }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const list = useProposals(district);
  if (!list.data?.length) return null;
  return (
    <div data-testid="proposal-history">
      <div className={css.section} style={{ borderBottom: 0, paddingBottom: 6 }}>
        <h3>{t('history')}</h3>
      </div>
      {list.data.map((p) => (
        <button
          key={p.id}
          type="button"
          className={own.past}
          onClick={() => onOpen(p.id)}
          data-testid="proposal-item"
        >
          <span>
            <span>{p.answer ? `${count(p.answer.zones.length)} ${t('zones')}` : t(p.state)}</span>
            <span>{p.answer ? (p.answer.proven ? t('proven') : `≤ ${percent(p.answer.gap)}`) : ''}</span>
          </span>
          <span className={ui.hint}>
            {p.created_by} · {moment(p.created_at)}
          </span>
        </button>
      ))}
    </div>
  );
}
