import { useState } from 'react';
import { useZones } from '../api/queries';
import { Problem } from '../api/request';
import frame from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, percent } from '../language/format';
import { useControl } from '../map/control';
import { useScenarioDesk } from '../scenarios/desk';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Icon } from '../ui/icons';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { type Fault, faultsOf, standsAs } from './board';
import css from './phases.module.css';
import { contradictionText, faultText, namesOf } from './said';
import { sameSettings } from './settings';
import { usePhaseActions } from './usePhaseActions';
import type { Phases } from './usePhases';
import { words } from './words';

/** The proposal with its proof, and what the plan on the screen breaks. */
export function PlanView({ phases }: { phases: Phases }) {
  const t = useWords(words);
  const sentence = useSentence();
  const actions = usePhaseActions(phases);
  const [busy, setBusy] = useState(false);
  const [refusals, setRefusals] = useState<string[]>([]);
  const propose = async () => {
    setBusy(true);
    setRefusals([]);
    try {
      const plan = await actions.propose();
      if (
        plan &&
        phases.saved.data &&
        standsAs(phases.saved.data, { years: new Map(), locks: new Map() }, plan)
      )
        say(t('noChange'));
    } catch (error) {
      const parts = error instanceof Problem ? error.errors.map((e) => e.message) : [];
      setRefusals(parts.length ? parts : [sentence(error)]);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={frame.section}>
      <h3>{t('title')}</h3>
      <Button
        tone="primary"
        wide
        refused={phases.mayTry ? null : t('noRight')}
        disabled={busy}
        onClick={() => void propose()}
        data-testid="phases-propose"
      >
        {busy ? t('proposing') : t('propose')}
      </Button>
      {refusals.length > 0 && (
        <Notice tone="bad">
          {refusals.map((r) => (
            <div key={r} data-testid="phases-refusal">
              {r}
            </div>
          ))}
        </Notice>
      )}
      <Proof phases={phases} />
      {phases.error && <Notice tone="bad">{sentence(phases.error)}</Notice>}
      <Faults phases={phases} />
      {phases.partial && <Notice>{t('partial')}</Notice>}
      <Contradictions phases={phases} />
    </div>
  );
}

function Proof({ phases: { proposal, plan, saved, moves, typed } }: { phases: Phases }) {
  const t = useWords(words);
  // A proof holds for the scenario and the settings that it was made for.
  const holds =
    proposal &&
    saved.data &&
    proposal.revision === saved.data.revision &&
    sameSettings(proposal.settings, typed ?? saved.data.settings);
  if (!holds || !plan) return <p className={ui.hint}>{t('proposeHint')}</p>;
  const stands = standsAs(saved.data, moves, proposal);
  const by = plan.score - proposal.score;
  return (
    <div className={css.proof} data-testid="phases-proof">
      <span className={`${ui.badge} ${proposal.proven ? css.ok : ''}`} data-testid="phases-proven">
        {proposal.proven ? t('proven') : t('gap', { gap: percent(proposal.gap) })}
      </span>
      <dl title={t('scoreHint')}>
        <div>
          <dt>{t('score')}</dt>
          <dd data-testid="phases-score">{figure(plan.score)}</dd>
        </div>
        <div>
          <dt>{t('bound')}</dt>
          <dd data-testid="phases-bound">{figure(proposal.bound)}</dd>
        </div>
      </dl>
      {!stands && (
        <p data-testid="phases-departed">
          {t('departed', {
            by:
              Math.abs(by) < 0.005
                ? t('level')
                : t(by < 0 ? 'lower' : 'higher', { by: figure(Math.abs(by)) }),
          })}
        </p>
      )}
      {stands && proposal.shortfall > 0 && proposal.proven && <p>{t('shortfallLeast')}</p>}
    </div>
  );
}
const figure = (v: number) => (v >= 1000 ? count(v) : v.toFixed(1));

function Faults({ phases: { plan, before } }: { phases: Phases }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const show = useShow();
  if (!plan) return null;
  const faults = faultsOf(plan, before);
  const names = namesOf(plan);
  if (faults.length === 0) {
    const placed = plan.zones.some((z) => z.year !== null);
    return (
      <p className={placed ? css.holds : ui.hint} data-testid="phases-holds">
        {placed && <Icon name="check" size={14} />}
        {t(placed ? 'allHolds' : 'nothingPlaced')}
      </p>
    );
  }
  return (
    <div className={css.faults} data-testid="phases-faults">
      <strong>{t('broken', { n: faults.length })}</strong>
      <ul>
        {faults.map((f) => {
          const text = faultText(f, names, t, language);
          return (
            <li key={text}>
              <button type="button" onClick={() => show(f)} data-testid="phases-fault" data-fresh={f.fresh}>
                <Icon name="warning" size={13} />
                <span>{text}</span>
                {f.fresh && <em>{t('fresh')}</em>}
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** Leads to what a fault is about: the zone where it is one, else the year. */
function useShow() {
  const district = useWorkbench((s) => s.district);
  const zones = useZones(district);
  return (f: Fault) => {
    const { select, setYear } = useWorkbench.getState();
    const [code] = f.zones;
    if (f.zones.length !== 1 || !code) return setYear(f.year || null);
    select({ kind: 'zone', code });
    const zone = zones.data?.find((z) => z.code === code);
    if (zone) useControl.getState().controller?.reveal(zone.bbox, null);
  };
}

function Contradictions({ phases: { plan, costed } }: { phases: Phases }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const openScenarios = useScenarioDesk((s) => s.show);
  if (!plan) return null;
  const names = namesOf(plan);
  const others = plan.contradictions.filter((c) => c.kind !== 'no_cost');
  if (costed && others.length === 0) return null;
  return (
    <Notice tone="warn">
      <div className={css.contradictions} data-testid="phases-contradictions">
        {!costed && (
          <div>
            {t('noCost')}{' '}
            <Button small onClick={() => openScenarios('list')} data-testid="phases-costs">
              {t('fillCost')}
            </Button>
          </div>
        )}
        {others.length > 0 && <strong>{t('contradictions')}</strong>}
        {others.map((c) => (
          <div key={`${c.kind} ${c.year} ${c.zone} ${c.detail}`}>
            {contradictionText(c, names, t, language)}
          </div>
        ))}
      </div>
    </Notice>
  );
}
