// What the rule of consent says to a survey: by households and by floor area side
// by side, what is missing, and the clause.
import type { Survey, SurveySide } from '../api/surveys';
import { useWords } from '../language';
import { count } from '../language/format';
import ui from '../ui/ui.module.css';
import css from './surveys.module.css';
import { words } from './words';

export const toneOf = (outcome: string) =>
  ({ met: ui.okTone, failed: ui.warnTone })[outcome] ?? ui.plain ?? '';

export function VerdictCard({ survey, busy }: { survey: Survey; busy?: boolean }) {
  const t = useWords(words);
  const v = survey.verdict;
  return (
    <section className={css.verdict} data-busy={busy} data-testid="survey-verdict" data-outcome={v.outcome}>
      <div className={css.verdictHead}>
        <span className={`${ui.badge} ${toneOf(v.outcome)}`} data-testid="survey-outcome">
          {t(`outcome.${v.outcome}`)}
        </span>
        {v.unasked !== null && <span>{t('unasked', { n: count(v.unasked) })}</span>}
        <span className={css.quiet} title={v.rule}>
          {t('clause')} {v.clause} · {v.rule}
        </span>
      </div>
      <div className={css.sides}>
        <Side name={t('byHouseholds')} side={v.households} share={v.share} unit={t('unitHouseholds')} />
        <Side name={t('byArea')} side={v.area} share={v.share} unit={t('unitArea')} />
      </div>
      {v.missing && (
        <p className={css.missing} data-testid="survey-missing">
          {v.missing}
        </p>
      )}
      <p className={css.quiet}>{t(standingOf(survey))}</p>
      {survey.registered.differences.map((d) => (
        <p key={d} className={css.difference}>
          {d}
        </p>
      ))}
    </section>
  );
}

const standingOf = (s: Survey) =>
  s.recorded
    ? 'recorded'
    : !s.newest
      ? 'olderRound'
      : s.verdict.passed && s.state === 'open'
        ? 'willRecord'
        : 'notRecorded';

function Side({
  name,
  side,
  share,
  unit,
}: {
  name: string;
  side: SurveySide;
  share: number | null;
  unit: string;
}) {
  const t = useWords(words);
  return (
    <div className={css.side} data-counts={side.counts}>
      <div>
        <strong>{name}</strong>
        <small>{side.counts ? t('counts') : t('beside')}</small>
        <b>{side.percent === null ? '—' : `${side.percent}%`}</b>
      </div>
      <ShareBar agreed={(side.percent ?? 0) / 100} share={share} met={side.outcome === 'met'} />
      <small>
        {side.text}
        {side.needed !== null && ` · ${t('needed', { n: count(side.needed), unit })}`}
      </small>
    </div>
  );
}

/** How much of all agreed, how much was asked, and the mark that has to be passed. */
export function ShareBar({
  agreed,
  asked,
  share,
  met,
}: {
  agreed: number;
  asked?: number;
  share: number | null;
  met: boolean;
}) {
  return (
    <span className={css.bar} aria-hidden="true">
      {asked !== undefined && (
        <i className={css.barAsked} style={{ width: `${100 * Math.min(asked, 1)}%` }} />
      )}
      <i className={css.barAgreed} data-met={met} style={{ width: `${100 * Math.min(agreed, 1)}%` }} />
      {share !== null && <i className={css.barMark} style={{ left: `${100 * share}%` }} />}
    </span>
  );
}
