// Project pool against fund pool: who gets what in the order of priority, and the proof of what stays unfunded.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keys } from '../api/queries';
import * as api from '../api/works';
import { useWords } from '../language';
import { Button, IconButton } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Checkbox } from '../ui/Field';
import { Failure, Notice, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import { wan } from './sums';
import { words } from './words';
import css from './works.module.css';

export function MatchDialog({
  district,
  year,
  onClose,
}: {
  district: string;
  year: number;
  onClose: () => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const [partial, setPartial] = useState(false);
  const [order, setOrder] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const asked = useQuery({
    queryKey: [...keys.funds(district), year, 'match', partial, order],
    queryFn: () => api.matchPools(district, year, partial, order),
    placeholderData: (before) => before,
    retry: false,
  });
  const match = asked.data;
  const save = async () => {
    if (!match) return;
    setBusy(true);
    setProblem(null);
    try {
      await api.saveAllocations(district, year, match.version, match.allocations);
      await client.invalidateQueries({ queryKey: keys.funds(district) });
      void client.invalidateQueries({ queryKey: keys.works(district) });
      say(t('savedMatch'));
      onClose();
    } catch (error) {
      setProblem(sentence(error));
      setBusy(false);
      void asked.refetch();
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('matchTitle', { year })}
      width={1040}
      testId="match"
      foot={
        <>
          <Button onClick={onClose}>{t('close')}</Button>
          <Button
            tone="primary"
            disabled={busy || !match || asked.isPlaceholderData}
            onClick={() => void save()}
            data-testid="match-save"
          >
            {busy ? t('saving') : t('saveMatch')}
          </Button>
        </>
      }
    >
      <div className={css.tools}>
        <Checkbox checked={partial} onChange={setPartial} testId="match-partial">
          {t('partial')}
        </Checkbox>
        <span className={css.quiet}>{t('matchText')}</span>
      </div>
      {problem && <Notice tone="bad">{problem}</Notice>}
      {asked.isError && <Failure error={asked.error} />}
      {!match && !asked.isError && <Waiting rows={8} />}
      {match && (
        <>
          <dl className={css.facts}>
            <Fact name={t('need_')} value={wan(match.need_yuan)} />
            <Fact name={t('fundsHeld')} value={wan(match.funds_yuan)} />
            <Fact
              name={t('budget')}
              value={match.budget_yuan === null ? t('noBudget') : wan(match.budget_yuan)}
            />
            <Fact name={t('got')} value={wan(match.matched_yuan)} />
            <Fact name={t('unfunded')} value={wan(match.unfunded_yuan)} bad={match.unfunded_yuan > 0} />
            <Fact name={t('projects')} value={t('funded', { n: match.funded, all: match.projects.length })} />
          </dl>
          {match.notices.map((n) => (
            <Notice key={n} tone="warn">
              {n}
            </Notice>
          ))}
          <table className={css.match}>
            <thead>
              <tr>
                <th>{t('order')}</th>
                <th>{t('project')}</th>
                <th className={css.amount}>{t('need_')}</th>
                <th className={css.amount}>{t('got')}</th>
                <th>{t('why')}</th>
              </tr>
            </thead>
            <tbody>
              {match.projects.map((p, i) => (
                <tr key={p.code} data-funded={p.funded} data-testid={`match-${p.code}`}>
                  <td>
                    {i + 1}
                    {i > 0 && (
                      <IconButton
                        small
                        icon="up"
                        label={t('first')}
                        onClick={() => setOrder([p.code, ...order.filter((c) => c !== p.code)])}
                        data-testid={`match-first-${p.code}`}
                      />
                    )}
                  </td>
                  <th scope="row">
                    {p.name}
                    <small>{p.why}</small>
                  </th>
                  <td className={css.amount}>{wan(p.need_yuan)}</td>
                  <td className={css.amount}>{wan(p.got_yuan)}</td>
                  <td>
                    {p.pays.map((pay) => (
                      <span key={pay.fund} className={css.pay}>
                        {pay.name} <strong>{wan(pay.amount_yuan)}</strong>
                      </span>
                    ))}
                    {p.lacking && <span className={css.lacking}>{p.lacking.text}</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <ul className={css.fundUse}>
            {match.funds.map((f) => (
              <li key={f.code}>
                <span>{f.name}</span>
                <span className={css.yearBar} aria-hidden="true">
                  <i style={{ width: f.amount_yuan > 0 ? `${(100 * f.used_yuan) / f.amount_yuan}%` : 0 }} />
                </span>
                <span>
                  {wan(f.used_yuan)} / {wan(f.amount_yuan)}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}

const Fact = ({ name, value, bad }: { name: string; value: string; bad?: boolean }) => (
  <div data-bad={bad || undefined}>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);
