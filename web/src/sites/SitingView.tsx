// The answer: how good it is and why that is known, what it changes, how more or
// fewer sites would do, and the sites themselves.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Siting, SitingAnswer } from '../api/nouns';
import { keys, useSession } from '../api/queries';
import { stopSiting, underWay } from '../api/sites';
import { useMark } from '../coverage/marks';
import { limitSaid } from '../coverage/said';
import { useTypeName } from '../coverage/useTypeName';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, moment, share } from '../language/format';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { Curve } from './Curve';
import { SiteList, showAll } from './SiteList';
import { boundName, gapSaid, valueName, valueSaid } from './said';
import own from './sites.module.css';
import { useAsk } from './useAsk';
import { useSitesOnMap } from './useSitesOnMap';
import { words } from './words';

export function SitingView({
  siting: s,
  onShow,
  onAgain,
}: {
  siting: Siting;
  onShow: (id: string | null) => void;
  onAgain: () => void;
}) {
  const t = useWords(words);
  const session = useSession();
  const typeName = useTypeName();
  const [pointed, setPointed] = useState<number | null>(null);
  const { ask, fault } = useAsk(onShow);
  useSitesOnMap(s, pointed);
  const a = s.answer;
  const going = underWay(s);
  useArrival(s);
  const refused = may(session.data, 'run.coverage') ? null : t('noRight');
  return (
    <>
      <div className={css.section} data-testid="siting-view" data-state={s.state}>
        <div className={own.state}>
          <strong>
            {typeName({ facility_type: s.request.facility_type, facility_name: s.facility_name })} ·{' '}
            {t(`model.${s.request.model}`)}
          </strong>
          <span
            className={`${ui.badge} ${going ? ui.accentTone : s.state === 'done' ? ui.okTone : ui.warnTone}`}
          >
            {t(s.state)}
          </span>
        </div>
        {s.error && <Notice tone="bad">{s.error}</Notice>}
        {going && <Going siting={s} refused={refused} />}
        {a && <Proof siting={s} answer={a} />}
        {!a && s.state === 'cancelled' && <Notice>{t('stoppedEarly')}</Notice>}
        {s.notes.map((note) => (
          <Notice key={note}>{note}</Notice>
        ))}
        <div className={css.row}>
          <Button small icon="refresh" onClick={onAgain} data-testid="siting-again">
            {t('again')}
          </Button>
          <Button small tone="ghost" icon="close" onClick={() => onShow(null)} data-testid="siting-back">
            {t('back')}
          </Button>
        </div>
        {fault && <Notice tone="bad">{fault}</Notice>}
      </div>
      {a && a.curve.length > 0 && (
        <div className={css.section}>
          <Curve
            answer={a}
            other={s.request.model !== 'mclp'}
            n={a.sites.length}
            refused={refused}
            busy={ask.isPending || going}
            onAsk={(n) => ask.mutate(withNumber(s, n))}
          />
        </div>
      )}
      {a && <SiteList siting={s} answer={a} pointed={pointed} onPoint={setPointed} />}
      <div className={css.section}>
        <How siting={s} />
      </div>
    </>
  );
}

/** Who waited for the answer sees where the sites are; who opened an old one keeps the place of the address. */
function useArrival(s: Siting): void {
  const client = useQueryClient();
  const waited = useRef(underWay(s));
  const arrived = !underWay(s);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it has arrived
  useEffect(() => {
    if (!arrived || !waited.current) return;
    waited.current = false;
    // The list of earlier questions said that it is under way.
    void client.invalidateQueries({ queryKey: [...keys.sitings(s.district), 'list'] });
    showAll(s.answer?.sites ?? []);
  }, [arrived]);
}

/** The same question for another number; to cover all has no number, so most households are asked for. */
export function withNumber({ request: r }: Pick<Siting, 'request'>, n: number): Siting['request'] {
  return {
    ...r,
    model: r.model === 'lscp' ? 'mclp' : r.model,
    n,
    curve_to: Math.max(n, r.curve_to ?? r.n ?? n),
  };
}

function Going({ siting: s, refused }: { siting: Siting; refused: string | null }) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((w) => w.district);
  const stop = useMutation({
    mutationFn: () => stopSiting(district, s.id),
    onSuccess: (now) => client.setQueryData([...keys.sitings(district), 'one', s.id], now),
    onError: (error) => say(sentence(error), { bad: true }),
  });
  return (
    <>
      <div className={`${ui.bar} ${ui.barMoving}`} role="progressbar" aria-label={t(s.state)}>
        <i />
      </div>
      {!s.answer && <p className={ui.hint}>{t('firstWait')}</p>}
      <Button
        small
        icon="close"
        refused={refused}
        disabled={stop.isPending}
        onClick={() => stop.mutate()}
        data-testid="siting-stop"
      >
        {stop.isPending ? t('stopping') : t('stop')}
      </Button>
    </>
  );
}

function Proof({ siting: s, answer: a }: { siting: Siting; answer: SitingAnswer }) {
  const t = useWords(words);
  const language = useWorkbench((w) => w.language);
  const said = (value: number) => valueSaid(value, a.unit, language, t);
  return (
    <>
      <p className={own.proof} data-testid="siting-sentence" data-proven={a.proven}>
        <strong data-testid="siting-proof">{gapSaid(a, t)}</strong>
        {a.sentence}
      </p>
      <div className={css.figures}>
        <Figure
          label={valueName(s.request.model, s.request.method, t)}
          value={said(a.value)}
          testId="siting-value"
        />
        <Figure label={boundName(s.request.model, t)} value={said(a.bound)} testId="siting-bound" />
        <Figure
          label={t('beforeAfter')}
          value={`${count(a.before_households)} → ${count(a.after_households)}`}
          testId="siting-households"
          hint={`${share(a.before_households, a.demand_households)} → ${share(a.after_households, a.demand_households)}`}
        />
        <Figure
          label={t('hopeless')}
          value={t('household', { n: count(a.hopeless_households) })}
          hint={t('hopelessHint')}
          testId="siting-hopeless"
        />
      </div>
    </>
  );
}

function Figure({
  label,
  value,
  hint,
  testId,
}: {
  label: string;
  value: string;
  hint?: string;
  testId: string;
}) {
  return (
    <div className={css.figure} title={hint}>
      <span>{label}</span>
      <strong data-testid={testId}>{value}</strong>
    </div>
  );
}

/** What went into it. */
function How({ siting: s }: { siting: Siting }) {
  const t = useWords(words);
  const markSaid = useMark();
  const language = useWorkbench((w) => w.language);
  const { request: r, answer: a, standard } = s;
  const mark = standard?.mark ?? '';
  const kinds = r.candidates.map((k) => t(`places.${k}` as keyof typeof words)).join('、');
  const rows: [string, string][] = [
    [t('method'), t(`method.${r.method ?? 'radius'}`)],
    [
      t('limit'),
      [
        `≤ ${limitSaid(s.limit, language)}`,
        ...(standard ? [`${standard.source} ${standard.clause}`, markSaid(mark)] : [t('typedLimit')]),
      ].join(' · '),
    ],
    ...(s.walker
      ? [
          [t('walker'), t('walkerSaid', { name: s.walker.name, speed: s.walker.speed_m_s })] as [
            string,
            string,
          ],
        ]
      : []),
    [t('existing'), t((r.keep_existing ?? true) ? 'kept' : 'notKept')],
    [t('candidates'), a ? t('candidatesSaid', { n: count(a.candidates), kinds }) : kinds],
    ...(a && a.rows > 0 ? [[t('rows'), t('rowsSaid', { n: count(a.rows) })] as [string, string]] : []),
    ...(a?.network
      ? [
          [t('network'), t('networkSaid', { version: a.network.version, n: count(a.network.nodes) })] as [
            string,
            string,
          ],
        ]
      : []),
    [t('askedBy'), t('by', { who: s.created_by || '—', when: moment(s.created_at) })],
  ];
  return (
    <dl className={css.facts} data-testid="siting-how">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
