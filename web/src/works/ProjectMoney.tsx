// Who pays for a project: shares by source, how residents split theirs, and what the fund pool gives.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keys, useSession } from '../api/queries';
import { Problem } from '../api/request';
import * as api from '../api/works';
import { useWords } from '../language';
import { moment } from '../language/format';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Checkbox } from '../ui/Field';
import { Failure, Notice, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import { Apportion } from './Apportion';
import { type PartDraft, partsOf, readParts } from './apportionment';
import { ShareBar } from './ShareBar';
import { ShareTable, type ShareText } from './ShareTable';
import { StaleNotice } from './StaleNotice';
import { figure, sum, typed, wan } from './sums';
import { words } from './words';
import css from './works.module.css';

export default function ProjectMoney({ code }: { code: string }) {
  const district = useWorkbench((s) => s.district);
  const asked = api.useMoney(district, code);
  if (asked.isError) return <Failure error={asked.error} retry={() => void asked.refetch()} />;
  if (!asked.data) return <Waiting rows={10} />;
  return <MoneyForm key={code} district={district} money={asked.data} />;
}

interface MoneyText {
  shares: ReadonlyMap<string, ShareText>;
  settled: boolean;
  parts: readonly PartDraft[];
}
const textOf = (m: api.Money): MoneyText => ({
  shares: new Map(
    m.sources.map((s) => [s.source, { amount: s.amount_yuan ? typed(s.amount_yuan) : '', note: s.note }]),
  ),
  settled: m.settled,
  parts: partsOf(m.apportionment),
});
const flat = (t: MoneyText) => JSON.stringify([[...t.shares], t.settled, t.parts]);

function MoneyForm({ district, money }: { district: string; money: api.Money }) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const session = useSession();
  const [seen, setSeen] = useState(money);
  const [draft, setDraft] = useState(() => textOf(money));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [theirs, setTheirs] = useState<api.Money | null>(null);
  const dirty = flat(draft) !== flat(textOf(seen));
  if (!dirty && seen !== money) {
    setSeen(money);
    setDraft(textOf(money));
  }
  const mayEdit = may(session.data, 'edit.program') && !money.masked;
  const figures = new Map([...draft.shares].map(([source, s]) => [source, figure(s.amount)]));
  const faulty = [...figures.values()].includes(undefined);
  const shared = sum([...figures.values()].map((f) => f ?? 0));
  const remaining = sum([money.basis_yuan, -shared]);
  const split = readParts(draft.parts);
  const load = (now: api.Money) => {
    client.setQueryData([...keys.works(district), 'money', money.project], now);
    setSeen(now);
    setDraft(textOf(now));
    setTheirs(null);
    setProblem(null);
  };
  const save = async (version: number) => {
    if (!split) return;
    setBusy(true);
    setProblem(null);
    try {
      const shares = money.sources.flatMap((s) => {
        const amount = figures.get(s.source) ?? 0;
        const note = draft.shares.get(s.source)?.note.trim() ?? '';
        return amount > 0 || note ? [{ source: s.source as Source, amount_yuan: amount, note }] : [];
      });
      load(
        await api.saveMoney(district, money.project, version, {
          shares,
          settled: draft.settled,
          apportionment: split,
        }),
      );
      void client.invalidateQueries({ queryKey: keys.funds(district) });
      say(t('saved'));
    } catch (error) {
      if (error instanceof Problem && error.conflict && isMoney(error.current)) setTheirs(error.current);
      else setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  const setShare = (source: string, change: Partial<ShareText>) =>
    setDraft({
      ...draft,
      shares: new Map(draft.shares).set(source, {
        ...(draft.shares.get(source) ?? { amount: '', note: '' }),
        ...change,
      }),
    });

  return (
    <div className={css.money} data-testid="money">
      <div className={css.tools}>
        <strong>
          {t('costAndEstimate', {
            cost: money.basis === 'items' ? wan(money.cost_yuan) : '—',
            estimate: money.estimated_wan === null ? '—' : wan(money.estimated_wan * 10_000),
          })}
        </strong>
        {money.settled && <span className={css.settled}>{t('settledBadge')}</span>}
        <span className={css.meta}>
          {money.version > 0 &&
            t('by', { who: money.updated_by || t('someone'), when: moment(money.updated_at) })}
        </span>
      </div>
      {money.basis === 'none' && <Notice tone="warn">{t('basisNoneText')}</Notice>}
      {money.warnings.map((w) => (
        <Notice key={w.text} tone="warn">
          {w.text}
        </Notice>
      ))}
      {theirs && (
        <StaleNotice
          who={theirs.updated_by}
          busy={busy}
          onTheirs={() => load(theirs)}
          onMine={() => void save(theirs.version)}
        />
      )}
      <ShareBar money={money} figures={figures} remaining={remaining} />
      <ShareTable
        money={money}
        draft={draft.shares}
        remaining={remaining}
        mayEdit={mayEdit}
        onChange={setShare}
      />
      <Apportion
        district={district}
        money={money}
        parts={draft.parts}
        mayEdit={mayEdit}
        onChange={(parts) => setDraft({ ...draft, parts })}
        onShare={(yuan) => setShare('residents', { amount: typed(yuan) })}
      />
      <Allocations money={money} />
      {mayEdit && (
        <footer className={css.totals}>
          <Checkbox
            checked={draft.settled}
            onChange={(settled) => setDraft({ ...draft, settled })}
            testId="money-settled"
          >
            {t('settle')}
          </Checkbox>
          <div className={css.foot}>
            {problem && (
              <span className={css.problem} role="alert" data-testid="money-problem">
                {problem}
              </span>
            )}
            {!problem && dirty && <span className={css.meta}>{t('unsaved')}</span>}
            {dirty && (
              <Button disabled={busy} onClick={() => load(money)}>
                {t('reset')}
              </Button>
            )}
            <Button
              tone="primary"
              disabled={busy || !dirty || faulty || split === null}
              onClick={() => void save(seen.version)}
              data-testid="money-save"
            >
              {busy ? t('saving') : t('save')}
            </Button>
          </div>
        </footer>
      )}
    </div>
  );
}

type Source = api.MoneyDraft['shares'][number]['source'];

function Allocations({ money }: { money: api.Money }) {
  const t = useWords(words);
  return (
    <section className={css.section}>
      <h3>{t('allocations')}</h3>
      {money.allocations.length === 0 ? (
        <p className={css.quiet}>{t('noAllocations')}</p>
      ) : (
        <ul className={css.allocations}>
          {money.allocations.map((a) => (
            <li key={a.fund}>
              <span>{t('year', { year: a.year })}</span> {a.name} <strong>{wan(a.amount_yuan)}</strong>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function isMoney(value: unknown): value is api.Money {
  return typeof value === 'object' && value !== null && 'sources' in value && 'basis_yuan' in value;
}
