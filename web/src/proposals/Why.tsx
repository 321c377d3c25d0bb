import type { Proposal } from '../api/nouns';
import { underWay, useExplanation } from '../api/proposals';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, percent } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Failure, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { words } from './words';

/** Terms that are shares; the others are figures. */
const shares = ['need', 'need_age', 'need_condition', 'need_missing', 'need_uncovered', 'consent'] as const;

/** Why the selected community is in its zone, or in none. */
export function Why({ proposal: p }: { proposal: Proposal }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const selection = useWorkbench((s) => s.selection);
  const code = selection?.kind === 'community' ? selection.code : null;
  const finished = !underWay(p);
  const why = useExplanation(district, finished ? p.id : null, code);
  if (!p.answer) return null;
  const e = why.data;
  return (
    <div className={css.section} data-testid="proposal-why">
      <h3>{t('whyIn')}</h3>
      {!finished ? (
        <p className={ui.hint}>{t('whyLater')}</p>
      ) : !code ? (
        <p className={ui.hint}>{t('whyPick')}</p>
      ) : why.isPending ? (
        <Waiting rows={2} />
      ) : why.isError ? (
        <Failure error={why.error} retry={() => void why.refetch()} />
      ) : e ? (
        <>
          <p data-testid="proposal-why-detail" data-zone={e.zone ?? ''}>
            <strong>{e.name}</strong>：{e.detail}
          </p>
          <details>
            <summary className={ui.hint}>{t('terms')}</summary>
            <dl className={css.facts}>
              {e.terms.value !== undefined && <Term label={t('term.value')} value={count(e.terms.value)} />}
              {shares.map(
                (name) =>
                  e.terms[name] !== undefined && (
                    <Term key={name} label={t(`term.${name}`)} value={percent(e.terms[name])} />
                  ),
              )}
              {(e.terms.cost_yuan ?? 0) > 0 && (
                <Term
                  label={t('term.cost_yuan')}
                  value={t('wanYuan', { n: count((e.terms.cost_yuan ?? 0) / 10_000) })}
                />
              )}
              {e.terms.score_of_zone !== undefined && (
                <Term label={t('term.score_of_zone')} value={count(e.terms.score_of_zone)} />
              )}
              {e.terms.delta !== undefined && <Term label={t('term.delta')} value={count(e.terms.delta)} />}
            </dl>
          </details>
        </>
      ) : (
        <p className={ui.hint}>{t('notAsked')}</p>
      )}
    </div>
  );
}

function Term({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
