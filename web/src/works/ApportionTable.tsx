// One part of the residents' share: its groups, what they weigh, and what each pays.
import type { Apportioned } from '../api/works';
import { useWords } from '../language';
import { Button, IconButton } from '../ui/Button';
import { Select } from '../ui/Select';
import ui from '../ui/ui.module.css';
import { coefficientOf, type GroupDraft, type PartDraft } from './apportionment';
import { figure, yuan } from './sums';
import { words } from './words';
import css from './works.module.css';

type Answer = Apportioned['parts'][number];

export function ApportionTable({
  at,
  part,
  answer,
  mayEdit,
  onChange,
  onRemove,
}: {
  at: number;
  part: PartDraft;
  answer: Answer | undefined;
  mayEdit: boolean;
  onChange: (part: PartDraft) => void;
  onRemove: () => void;
}) {
  const t = useWords(words);
  const measure = part.basis === 'area' ? 'area' : part.basis === 'floor' ? 'coefficient' : null;
  const fields: (keyof GroupDraft)[] = measure
    ? ['households', measure, 'low', 'need']
    : ['households', 'low', 'need'];
  const set = (i: number, change: Partial<GroupDraft>) =>
    onChange({ ...part, groups: part.groups.map((g, k) => (k === i ? { ...g, ...change } : g)) });
  const heads = {
    households: t('households'),
    area: t('area'),
    coefficient: t('coefficient'),
    low: t('low'),
    need: t('need'),
    name: t('group'),
  };
  const fits = answer?.groups.length === part.groups.length ? answer : undefined;
  return (
    <div className={css.part} data-testid={`part-${at}`}>
      <div className={css.partHead}>
        <input
          className={ui.input}
          value={part.name}
          readOnly={!mayEdit}
          aria-label={t('partName')}
          onChange={(e) => onChange({ ...part, name: e.target.value })}
        />
        <span className={css.quiet}>{t(`basis.${part.basis}`)}</span>
        <label>
          {t('partAmount')}
          <input
            className={ui.input}
            inputMode="decimal"
            value={part.amount}
            readOnly={!mayEdit}
            aria-invalid={figure(part.amount) === undefined || undefined}
            onChange={(e) => onChange({ ...part, amount: e.target.value })}
            data-testid={`part-amount-${at}`}
          />
        </label>
        {(['lowPays', 'needPays'] as const).map((key) => (
          <label key={key}>
            {t(key)}
            <input
              className={ui.input}
              inputMode="decimal"
              value={part[key]}
              readOnly={!mayEdit}
              aria-invalid={!((figure(part[key]) ?? 0) <= 100) || undefined}
              onChange={(e) => onChange({ ...part, [key]: e.target.value })}
            />
            %
          </label>
        ))}
        <div className={css.relief}>
          {t('reliefBy')}
          <Select<PartDraft['reliefBy']>
            label={t('reliefBy')}
            value={part.reliefBy}
            disabled={!mayEdit}
            options={(['others', 'budget'] as const).map((v) => ({ value: v, label: t(`reliefBy.${v}`) }))}
            onChange={(reliefBy) => onChange({ ...part, reliefBy })}
            testId={`part-relief-${at}`}
          />
        </div>
        {mayEdit && <IconButton small icon="trash" label={t('removePart')} onClick={onRemove} />}
      </div>
      <table className={css.split}>
        <thead>
          <tr>
            <th>{heads.name}</th>
            {fields.map((f) => (
              <th key={f}>{heads[f]}</th>
            ))}
            {part.basis === 'area' && <th>{t('perM2')}</th>}
            <th>{t('each')}</th>
            <th>{t('lowEach')}</th>
            <th>{t('needEach')}</th>
            <th>{t('groupTotal')}</th>
          </tr>
        </thead>
        <tbody>
          {part.groups.map((g, i) => {
            const a = fits?.groups[i];
            return (
              <tr key={`group-${i.toString()}`}>
                <th scope="row">{g.name}</th>
                {fields.map((f) => (
                  <td key={f}>
                    <input
                      className={ui.input}
                      inputMode="decimal"
                      value={g[f]}
                      readOnly={!mayEdit}
                      aria-label={`${g.name} ${heads[f]}`}
                      aria-invalid={figure(g[f]) === undefined || undefined}
                      onChange={(e) => set(i, { [f]: e.target.value })}
                      data-testid={`part-${at}-${f}-${i}`}
                    />
                  </td>
                ))}
                {part.basis === 'area' && <td>{a?.per_m2_yuan ? a.per_m2_yuan.toFixed(4) : '—'}</td>}
                <td data-testid={`part-${at}-each-${i}`}>
                  {a ? yuan(a.each_yuan) : '—'}
                  {a && a.more_count > 0 && <small>{t('more', { n: a.more_count })}</small>}
                </td>
                <td>
                  {a && figure(g.low) ? yuan(a.low_income_each_yuan) : ''}
                  {a && a.low_income_more_count > 0 && (
                    <small>{t('more', { n: a.low_income_more_count })}</small>
                  )}
                </td>
                <td>
                  {a && figure(g.need) ? yuan(a.destitute_each_yuan) : ''}
                  {a && a.destitute_more_count > 0 && (
                    <small>{t('more', { n: a.destitute_more_count })}</small>
                  )}
                </td>
                <td>{a ? yuan(a.total_yuan) : '—'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {part.basis === 'floor' && (
        <p className={css.quiet}>
          {t('coefficientNote')}
          {mayEdit && <Floors part={part} onChange={onChange} />}
        </p>
      )}
    </div>
  );
}

/** One floor more or less. */
function Floors({ part, onChange }: { part: PartDraft; onChange: (part: PartDraft) => void }) {
  const t = useWords(words);
  const n = part.groups.length;
  const more = () => {
    const last = part.groups.at(-1);
    onChange({
      ...part,
      groups: [
        ...part.groups,
        {
          name: t('floor', { n: n + 1 }),
          households: last?.households ?? '',
          area: '',
          coefficient: String(coefficientOf(n + 1)),
          low: '',
          need: '',
        },
      ],
    });
  };
  return (
    <span className={css.floors}>
      {t('floors')} {n}
      <Button
        small
        tone="ghost"
        icon="minus"
        aria-label={`${t('floors')} -`}
        disabled={n < 2}
        onClick={() => onChange({ ...part, groups: part.groups.slice(0, -1) })}
      />
      <Button
        small
        tone="ghost"
        icon="plus"
        aria-label={`${t('floors')} +`}
        onClick={more}
        data-testid="floors-more"
      />
    </span>
  );
}
