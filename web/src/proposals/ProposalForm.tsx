import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Eligibility } from '../api/nouns';
import { propose } from '../api/proposals';
import { keys, useCommunity, useSession, useSubdistricts, useZones } from '../api/queries';
import { Problem } from '../api/request';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { Checkbox, Field } from '../ui/Field';
import { Select } from '../ui/Select';
import { Notice, useSentence } from '../ui/State';
import ui from '../ui/ui.module.css';
import {
  type Barrier,
  barriers,
  type Demand,
  requestOf,
  type TotalName,
  totals,
  treatments,
  type Weight,
  weights,
} from './demand';
import own from './proposals.module.css';
import { words } from './words';

/** The conditions. What was typed stays while the panel shows an answer. */
export function ProposalForm({
  demand: d,
  onChange,
  onAsked,
}: {
  demand: Demand;
  onChange: (demand: Demand) => void;
  onAsked: (id: string) => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const scenario = useWorkbench((s) => s.scenario);
  const session = useSession();
  const subdistricts = useSubdistricts(district);
  const zones = useZones(district);
  const [more, setMore] = useState(false);
  const [faults, setFaults] = useState<string[]>([]);
  const set = (change: Partial<Demand>) => onChange({ ...d, ...change });
  const ask = useMutation({
    mutationFn: (request: Parameters<typeof propose>[1]) => propose(district, request),
    onSuccess: (made) => {
      client.setQueryData([...keys.proposals(district), 'one', made.id], made);
      void client.invalidateQueries({ queryKey: [...keys.proposals(district), 'list'] });
      onAsked(made.id);
    },
    onError: (error) => {
      const parts = error instanceof Problem ? error.errors.map((e) => e.message) : [];
      setFaults(parts.length > 0 ? parts : [sentence(error)]);
    },
  });
  const go = () => {
    const made = requestOf(d, scenario);
    if ('bad' in made) {
      return setFaults([t('badNumber', { what: t(made.bad as keyof typeof words) })]);
    }
    setFaults([]);
    ask.mutate(made.request);
  };
  const refused = may(session.data, 'draw.zone') ? null : t('noRight');
  const allowed = session.data?.scope.subdistricts;
  const parts = (subdistricts.data ?? []).filter((s) => !allowed || allowed.includes(s.code));

  return (
    <>
      <div className={css.section}>
        <p className={ui.hint}>{t('intro')}</p>
        <h3>{t('where')}</h3>
        <div className={own.checks}>
          <Checkbox checked={d.subdistricts.length === 0} onChange={() => set({ subdistricts: [] })}>
            {t('wholeDistrict')}
          </Checkbox>
          {parts.map((s) => (
            <Checkbox
              key={s.code}
              checked={d.subdistricts.includes(s.code)}
              onChange={(on) => set({ subdistricts: toggled(d.subdistricts, s.code, on) })}
              testId={`proposal-subdistrict-${s.code}`}
            >
              {s.name}
            </Checkbox>
          ))}
        </div>
        <h3>{t('eligibility')}</h3>
        <div className={own.inline}>
          {(['in', 'borderline', 'out'] as Eligibility[]).map((v) => (
            <Checkbox
              key={v}
              checked={d.eligibility.includes(v)}
              onChange={(on) => set({ eligibility: toggled(d.eligibility, v, on) })}
              testId={`proposal-eligibility-${v}`}
            >
              {t(v)}
            </Checkbox>
          ))}
        </div>
      </div>
      <div className={css.section}>
        <h3>{t('each')}</h3>
        <div className={own.ranges}>
          <span />
          <span className={ui.hint}>{t('least')}</span>
          <span className={ui.hint}>{t('most')}</span>
          {totals.map((name) => (
            <Range key={name} name={name} demand={d} onChange={set} />
          ))}
        </div>
        {(d.ranges.cost_yuan.min || d.ranges.cost_yuan.max || d.weights.budget > 0) && (
          <Amount
            label={t('costPer')}
            hint={t('costNote')}
            value={d.costPer}
            onChange={(costPer) => set({ costPer })}
            testId="proposal-cost"
          />
        )}
      </div>
      <div className={css.section}>
        <h3>{t('links')}</h3>
        <Amount
          label={t('maxGap')}
          value={d.maxGap}
          onChange={(maxGap) => set({ maxGap })}
          testId="proposal-gap"
        />
        {barriers.map((b) => (
          <BarrierRow key={b} barrier={b} demand={d} onChange={set} />
        ))}
        <Line label={t('within')}>
          <Select
            label={t('within')}
            value={d.within}
            onChange={(within) => set({ within })}
            options={[
              { value: '', label: t('withinNone') },
              { value: 'subdistrict', label: t('withinSubdistrict') },
              { value: 'neighborhood', label: t('withinNeighborhood') },
            ]}
            testId="proposal-within"
          />
        </Line>
      </div>
      <div className={css.section}>
        <h3>{t('weights')}</h3>
        {weights.map((w) => (
          <Slider key={w} weight={w} demand={d} onChange={set} />
        ))}
      </div>
      <div className={css.section}>
        <Button
          small
          tone="ghost"
          onClick={() => setMore(!more)}
          aria-expanded={more}
          data-testid="proposal-more"
        >
          {more ? t('less') : t('more')}
        </Button>
        {more && (
          <>
            <Amount
              label={t('maxWalk')}
              value={d.maxWalk}
              placeholder={t('any')}
              onChange={(maxWalk) => set({ maxWalk })}
            />
            <Amount
              label={t('maxDiameter')}
              value={d.maxDiameter}
              placeholder={t('any')}
              onChange={(maxDiameter) => set({ maxDiameter })}
            />
            <Line label={t('zoneCount')}>
              <span className={own.pair}>
                <input
                  className={ui.input}
                  inputMode="numeric"
                  aria-label={`${t('zoneCount')} ${t('least')}`}
                  placeholder={t('any')}
                  value={d.minZones}
                  onChange={(e) => set({ minZones: e.target.value })}
                />
                –
                <input
                  className={ui.input}
                  inputMode="numeric"
                  aria-label={`${t('zoneCount')} ${t('most')}`}
                  placeholder={t('any')}
                  value={d.maxZones}
                  onChange={(e) => set({ maxZones: e.target.value })}
                  data-testid="proposal-max-zones"
                />
              </span>
            </Line>
            <Pairs demand={d} onChange={set} />
            {(zones.data?.length ?? 0) > 0 && (
              <Field label={t('locked')}>
                {() => (
                  <div className={own.checks}>
                    {zones.data?.map((z) => (
                      <Checkbox
                        key={z.code}
                        checked={d.locked.includes(z.code)}
                        onChange={(on) => set({ locked: toggled(d.locked, z.code, on) })}
                        testId="proposal-locked"
                      >
                        {z.name}
                      </Checkbox>
                    ))}
                  </div>
                )}
              </Field>
            )}
            <Amount
              label={t('effort')}
              value={d.seconds}
              onChange={(seconds) => set({ seconds })}
              testId="proposal-seconds"
            />
            <Amount label={t('seed')} value={d.seed} onChange={(seed) => set({ seed })} />
          </>
        )}
      </div>
      <div className={own.go}>
        {faults.length > 0 && (
          <Notice tone="bad">
            {faults.length > 1 && <strong>{t('contradictory')}</strong>}
            {faults.map((f) => (
              <div key={f} data-testid="proposal-fault">
                {f}
              </div>
            ))}
          </Notice>
        )}
        <Button
          tone="primary"
          wide
          refused={refused}
          disabled={ask.isPending}
          onClick={go}
          data-testid="proposal-ask"
        >
          {ask.isPending ? t('asking') : t('ask')}
        </Button>
      </div>
    </>
  );
}

type Part = { demand: Demand; onChange: (change: Partial<Demand>) => void };

function Range({ name, demand: d, onChange }: Part & { name: TotalName }) {
  const t = useWords(words);
  const range = d.ranges[name];
  const put = (change: Partial<typeof range>) =>
    onChange({ ranges: { ...d.ranges, [name]: { ...range, ...change } } });
  return (
    <>
      <span>{t(name)}</span>
      {(['min', 'max'] as const).map((end) => (
        <input
          key={end}
          className={ui.input}
          inputMode="decimal"
          aria-label={`${t(name)} ${t(end === 'min' ? 'least' : 'most')}`}
          placeholder={t('any')}
          value={range[end]}
          onChange={(e) => put({ [end]: e.target.value })}
          data-testid={`proposal-${name}-${end}`}
        />
      ))}
    </>
  );
}

function BarrierRow({ barrier, demand: d, onChange }: Part & { barrier: Barrier }) {
  const t = useWords(words);
  return (
    <Line label={t(barrier)}>
      <Select
        label={t(barrier)}
        value={d.barriers[barrier]}
        onChange={(v) => onChange({ barriers: { ...d.barriers, [barrier]: v } })}
        options={treatments.map((v) => ({ value: v, label: t(v) }))}
        testId={`proposal-${barrier}`}
      />
    </Line>
  );
}

function Slider({ weight, demand: d, onChange }: Part & { weight: Weight }) {
  const t = useWords(words);
  return (
    <label className={own.slider}>
      <span>{t(weight)}</span>
      <input
        type="range"
        min={0}
        max={10}
        step={0.5}
        value={d.weights[weight]}
        onChange={(e) => onChange({ weights: { ...d.weights, [weight]: Number(e.target.value) } })}
        data-testid={`proposal-weight-${weight}`}
      />
      <output>{d.weights[weight]}</output>
    </label>
  );
}

function Pairs({ demand: d, onChange }: Part) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const selection = useWorkbench((s) => s.selection);
  const code = selection?.kind === 'community' ? selection.code : null;
  const [first, setFirst] = useState<{ list: 'together' | 'apart'; code: string } | null>(null);
  const add = (list: 'together' | 'apart') => {
    if (!code) return;
    if (!first || first.list !== list || first.code === code) return setFirst({ list, code });
    onChange({ [list]: [...d[list], [first.code, code]] });
    setFirst(null);
  };
  return (
    <Field label={t('pairs')} hint={t('pairHint')}>
      {() => (
        <>
          <div className={css.two}>
            <Button small disabled={!code} onClick={() => add('together')} data-testid="proposal-together">
              {t('addTogether')}
            </Button>
            <Button small disabled={!code} onClick={() => add('apart')} data-testid="proposal-apart">
              {t('addApart')}
            </Button>
          </div>
          {first && (
            <p className={ui.hint}>
              {t(first.list)}：<Name district={district} code={first.code} /> + …
            </p>
          )}
          {(['together', 'apart'] as const).map((list) =>
            d[list].map(([a, b], i) => (
              <div key={`${list}-${a}-${b}`} className={own.pairRow}>
                <span>
                  {t(list)}：<Name district={district} code={a} /> · <Name district={district} code={b} />
                </span>
                <IconButton
                  icon="close"
                  small
                  label={t('remove')}
                  onClick={() => onChange({ [list]: d[list].filter((_, j) => j !== i) })}
                />
              </div>
            )),
          )}
        </>
      )}
    </Field>
  );
}

function Name({ district, code }: { district: string; code: string }) {
  const community = useCommunity(district, code);
  return <>{community.data?.name ?? code}</>;
}

function Amount({
  label,
  value,
  onChange,
  placeholder,
  hint,
  testId,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  hint?: string;
  testId?: string;
}) {
  return (
    <>
      <Line label={label}>
        <input
          className={ui.input}
          inputMode="decimal"
          aria-label={label}
          placeholder={placeholder}
          value={value}
          onChange={(e) => onChange(e.target.value)}
          data-testid={testId}
        />
      </Line>
      {hint && <p className={ui.hint}>{hint}</p>}
    </>
  );
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={own.line}>
      <span>{label}</span>
      {children}
    </div>
  );
}

function toggled<V>(list: readonly V[], value: V, on: boolean): V[] {
  return on ? [...list, value] : list.filter((v) => v !== value);
}
