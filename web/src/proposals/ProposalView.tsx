import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Proposal } from '../api/nouns';
import { acceptProposal, stopProposal, underWay } from '../api/proposals';
import { keys, useSession } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, moment, percent } from '../language/format';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { Select } from '../ui/Select';
import { Empty, Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { useEdits } from '../zones/useEdits';
import { Curve } from './Curve';
import { coloursOf } from './colour';
import own from './proposals.module.css';
import { useOnMap } from './useOnMap';
import { Why } from './Why';
import { words } from './words';
import { ZoneRow } from './ZoneRow';

/** The best answer so far, how good it is, and why each community is where it is. */
export function ProposalView({ proposal: p, onAgain }: { proposal: Proposal; onAgain: () => void }) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const stop = useMutation({
    mutationFn: () => stopProposal(district, p.id),
    onSuccess: (now) => client.setQueryData([...keys.proposals(district), 'one', p.id], now),
    onError: (error) => say(sentence(error), { bad: true }),
  });
  const going = underWay(p);
  const a = p.answer;
  const colours = coloursOf(a?.zones ?? []);
  useOnMap(p);
  const refused = may(session.data, 'draw.zone') ? null : t('noRight');
  return (
    <>
      <div className={css.section} data-testid="proposal-view" data-state={p.state}>
        <div className={own.state}>
          <span
            className={`${ui.badge} ${going ? ui.accentTone : p.state === 'done' ? ui.okTone : ui.warnTone}`}
          >
            {t(p.state)}
          </span>
          <span className={ui.hint}>
            {p.created_by} · {moment(p.created_at)}
          </span>
        </div>
        {p.error && <Notice tone="bad">{p.error}</Notice>}
        {going && (
          <Button
            small
            icon="close"
            refused={refused}
            disabled={stop.isPending}
            onClick={() => stop.mutate()}
            data-testid="proposal-stop"
          >
            {stop.isPending ? t('stopping') : t('stop')}
          </Button>
        )}
        {!a && going && <p className={ui.hint}>{t('firstWait')}</p>}
        {a && (
          <>
            <div className={css.figures}>
              <Figure label={t('zones')} value={count(a.zones.length)} testId="proposal-zones" />
              <Figure label={t('placed')} value={`${count(a.placed)} / ${count(a.placed + a.outside)}`} />
              <Figure label={t('value')} value={count(a.value)} hint={t('unit')} testId="proposal-value" />
              <Figure
                label={a.proven ? t('proven') : t('gap')}
                value={a.proven ? '✓' : percent(a.gap)}
                hint={`${t('bound')} ${count(a.bound)}`}
                testId="proposal-gap-figure"
              />
            </div>
            <Curve points={p.curve} bound={a.bound} label={t('curve')} />
            <p className={ui.hint}>{t('seconds', { n: a.seconds.toFixed(1) })}</p>
          </>
        )}
        {p.warnings.length > 0 && (
          <Notice tone="warn">
            <details>
              <summary>{t('warnings', { n: p.warnings.length })}</summary>
              {p.warnings.slice(0, 20).map((w) => (
                <div key={`${w.kind}-${w.detail}`}>{w.detail}</div>
              ))}
            </details>
          </Notice>
        )}
        <Button small tone="ghost" icon="refresh" onClick={onAgain} data-testid="proposal-again">
          {t('again')}
        </Button>
      </div>
      <Why proposal={p} />
      {a && a.zones.length === 0 && !going && (
        <Empty icon="zones" title={t('empty')}>
          {t('emptyText')}
        </Empty>
      )}
      <div data-testid="proposal-zone-list">
        {a?.zones.map((z, i) => (
          <ZoneRow
            key={z.index}
            zone={z}
            colour={colours[i] ?? ''}
            chosen={chosen.includes(z.index)}
            onChoose={
              z.locked || refused
                ? null
                : (on) => setChosen(on ? [...chosen, z.index] : chosen.filter((n) => n !== z.index))
            }
          />
        ))}
      </div>
      {a?.zones.some((z) => !z.locked) && !refused && <Accept proposal={p} chosen={chosen} />}
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
  testId?: string;
}) {
  return (
    <div className={css.figure} title={hint}>
      <span>{label}</span>
      <strong data-testid={testId}>{value}</strong>
    </div>
  );
}

function Accept({ proposal: p, chosen }: { proposal: Proposal; chosen: readonly number[] }) {
  const t = useWords(words);
  const sentence = useSentence();
  const { make } = useEdits();
  const { district, open } = useWorkbench();
  const [target, setTarget] = useState<'this' | 'new'>('new');
  const [name, setName] = useState(`${t('title')} ${moment(p.created_at).slice(5)}`);
  const [fault, setFault] = useState<string | null>(null);
  const accept = useMutation({
    mutationFn: () =>
      make({
        label: t('acceptStep'),
        act: () =>
          acceptProposal(district, p.id, {
            zones: [...chosen],
            ...(target === 'new' ? { new_scenario: name.trim() } : { scenario: p.scenario }),
          }),
        made: (edit) => edit.zones.map((z) => z.code),
      }),
    onSuccess: (edit) => {
      say(t('accepted', { n: edit.zones.length }));
      open({ proposal: null, scenario: target === 'new' ? edit.scenario : useWorkbench.getState().scenario });
    },
    onError: (error) => setFault(sentence(error)),
  });
  return (
    <div className={own.go}>
      <Field label={t('acceptInto')}>
        {() => (
          <div className={css.two}>
            <Select
              label={t('acceptInto')}
              value={target}
              onChange={setTarget}
              options={[
                { value: 'new', label: t('newScenario') },
                { value: 'this', label: t('thisScenario') },
              ]}
              testId="proposal-target"
            />
            {target === 'new' && (
              <input
                className={ui.input}
                value={name}
                maxLength={100}
                placeholder={t('newScenarioName')}
                aria-label={t('newScenarioName')}
                onChange={(e) => setName(e.target.value)}
                data-testid="proposal-scenario-name"
              />
            )}
          </div>
        )}
      </Field>
      {fault && <Notice tone="bad">{fault}</Notice>}
      <Button
        tone="primary"
        wide
        disabled={accept.isPending || (target === 'new' && !name.trim())}
        onClick={() => accept.mutate()}
        data-testid="proposal-accept"
      >
        {chosen.length ? t('acceptSome', { n: chosen.length }) : t('acceptAll')}
      </Button>
    </div>
  );
}
