// The plan that the district follows: how its clauses are read, what another
// reading would change, which communities left the scope, and who decided what.
import { useMemo } from 'react';
import {
  type ChosenParameter,
  type Flip,
  type PolicyChoice,
  type PolicyDraft,
  usePolicies,
  usePolicy,
  usePolicyChoice,
  usePolicyDiff,
  useReadings,
} from '../api/policy';
import { useSession } from '../api/queries';
import frame from '../frame/frame.module.css';
import { useWords } from '../language';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { Select } from '../ui/Select';
import { Failure, Notice, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import { chosen, type Draft, parametersOf, same, useTrying, valueIn, withValue } from './draft';
import { useFlipsOnMap } from './FlipsOnMap';
import { History } from './History';
import { ParameterCard } from './ParameterCard';
import css from './policies.module.css';
import { Strays } from './Strays';
import { Trial } from './Trial';
import { words } from './words';

const none: readonly Flip[] = [];

export default function PolicyPanel() {
  const district = useWorkbench((s) => s.district);
  const choice = usePolicyChoice(district);
  if (choice.isPending) return <Waiting rows={8} />;
  if (choice.isError) return <Failure error={choice.error} retry={() => void choice.refetch()} />;
  return <Chosen key={district} district={district} choice={choice.data} />;
}

function Chosen({ district, choice }: { district: string; choice: PolicyChoice }) {
  const t = useWords(words);
  const session = useSession();
  const trying = useTrying((s) => s.drafts[district]);
  const setDraft = useTrying((s) => s.setDraft);
  const inForce = useMemo(() => chosen(choice), [choice]);
  // Somebody may have chosen meanwhile what is tried here.
  const draft = trying && !same(trying, inForce) ? trying : null;
  const mayTry = may(session.data, 'see.counts');
  const asked: PolicyDraft | null =
    draft && mayTry ? { policy_key: draft.policyKey, params: { ...draft.params } } : null;
  const diff = usePolicyDiff(district, asked);
  const now = draft ?? inForce;
  const other = usePolicy(now.policyKey === choice.policy_key ? '' : now.policyKey);
  const parameters = parametersOf(now, choice, other.data);
  useFlipsOnMap(draft && diff.data ? (diff.data.flips as readonly Flip[]) : none);
  const change = (next: Draft) => setDraft(district, same(next, inForce) ? null : next);
  return (
    <>
      <div className={frame.scroll}>
        <PlanHead
          choice={choice}
          draft={now}
          mayTry={mayTry}
          onPlan={(key) =>
            change(key === choice.policy_key ? inForce : { ...now, policyKey: key, params: {} })
          }
        />
        {!mayTry && session.data && (
          <div className={frame.section}>
            <Notice>{t('noTry')}</Notice>
          </div>
        )}
        <Strays district={district} />
        <div className={css.intro}>
          <h3>{t('parameters')}</h3>
          <p className={ui.hint}>{t('parametersText')}</p>
        </div>
        {parameters ? (
          <Parameters
            district={district}
            parameters={parameters}
            draft={now}
            inForce={inForce}
            mayTry={mayTry}
            onChange={(p, value) => change(withValue(now, p, value))}
          />
        ) : (
          <Waiting rows={6} />
        )}
        <History choice={choice} />
      </div>
      {draft && (
        <Trial
          district={district}
          choice={choice}
          draft={draft}
          diff={diff}
          refused={may(session.data, 'choose.policy') ? null : t('noRight')}
          onDiscard={() => setDraft(district, null)}
        />
      )}
    </>
  );
}

function PlanHead({
  choice,
  draft,
  mayTry,
  onPlan,
}: {
  choice: PolicyChoice;
  draft: Draft;
  mayTry: boolean;
  onPlan: (key: string) => void;
}) {
  const t = useWords(words);
  const openSheet = useWorkbench((s) => s.openSheet);
  const plans = usePolicies();
  const list = plans.data?.items ?? [];
  const plan = list.find((p) => p.key === draft.policyKey);
  return (
    <div className={frame.section}>
      <h3>
        {t('plan')}
        <span
          className={`${ui.badge} ${ui.plain} ${draft.policyKey === choice.policy_key ? ui.okTone : ui.warnTone}`}
        >
          {t(draft.policyKey === choice.policy_key ? 'inForce' : 'tried')}
        </span>
      </h3>
      <div className={css.plan}>
        <strong data-testid="policy-title">{plan?.title ?? choice.title}</strong>
        <span>{plan ? t('issued', { no: plan.document_no, on: plan.issued_on }) : choice.document_no}</span>
      </div>
      <Button
        small
        icon="file"
        onClick={() => openSheet({ kind: 'policy', code: draft.policyKey, part: '' })}
        data-testid="policy-text"
      >
        {t('wholeText')}
      </Button>
      {list.length > 1 && (
        <Field label={t('choosePlan')}>
          {(id) => (
            <Select
              id={id}
              value={draft.policyKey}
              label={t('choosePlan')}
              disabled={!mayTry}
              options={list.map((p) => ({ value: p.key, label: p.short_title }))}
              onChange={onPlan}
              testId="policy-plan"
            />
          )}
        </Field>
      )}
    </div>
  );
}

function Parameters({
  district,
  parameters,
  draft,
  inForce,
  mayTry,
  onChange,
}: {
  district: string;
  parameters: readonly ChosenParameter[];
  draft: Draft;
  inForce: Draft;
  mayTry: boolean;
  onChange: (parameter: ChosenParameter, value: unknown) => void;
}) {
  const t = useWords(words);
  const readings = useReadings(district);
  const here = draft.policyKey === inForce.policyKey;
  const card = (p: ChosenParameter) => (
    <ParameterCard
      key={p.key}
      parameter={p}
      value={valueIn(draft, p)}
      now={here ? valueIn(inForce, p) : p.default}
      effect={here ? readings.data?.items.find((e) => e.key === p.key) : undefined}
      disabled={!mayTry}
      onChange={(value) => onChange(p, value)}
    />
  );
  const [affecting, others] = [
    parameters.filter((p) => p.affects_eligibility),
    parameters.filter((p) => !p.affects_eligibility),
  ];
  return (
    <>
      {affecting.length > 0 && <h4 className={css.group}>{t('affecting')}</h4>}
      {affecting.map(card)}
      {affecting.length > 0 && others.length > 0 && <h4 className={css.group}>{t('others')}</h4>}
      {others.map(card)}
    </>
  );
}
