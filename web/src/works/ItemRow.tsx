// A line of the menu: the answer, and where it is to be done, quantity and price.
import type { Works, WorksItem } from '../api/works';
import { useWords } from '../language';
import { IconButton } from '../ui/Button';
import { Select } from '../ui/Select';
import { Tip } from '../ui/Tip';
import ui from '../ui/ui.module.css';
import { type Answer, amountOf, answered, type Line } from './draft';
import { figure, yuan } from './sums';
import { words } from './words';
import css from './works.module.css';

const answers: readonly Answer[] = ['', 'do', 'not_needed', 'cannot'];

export function ItemRow({
  item,
  line,
  first,
  community,
  must,
  mayEdit,
  mayNotSplit,
  expanded,
  onExpand,
  onSplit,
  onChange,
}: {
  item: WorksItem;
  line: Line;
  first: boolean;
  community: Works['communities'][number] | undefined;
  must: Works['must'];
  mayEdit: boolean;
  mayNotSplit: boolean;
  expanded: boolean;
  onExpand: () => void;
  onSplit: () => void;
  onChange: (line: Line) => void;
}) {
  const t = useWords(words);
  const id = `${item.no}${line.community ? `-${line.community}` : ''}`;
  const label = (what: string) => `${item.no} ${item.name}${community ? ` ${community.name}` : ''} ${what}`;
  const done = line.answer === 'do';
  const speaks = item.evidence.filter((e) => e.speaks === 'for').length;
  const field = (key: 'quantity' | 'price' | 'unit', wide: string, numeric: boolean) => (
    <td className={wide}>
      {done && (
        <input
          className={ui.input}
          inputMode={numeric ? 'decimal' : undefined}
          value={line[key]}
          readOnly={!mayEdit}
          aria-label={label(t(key))}
          aria-invalid={(numeric && figure(line[key]) === undefined) || undefined}
          onChange={(e) => onChange({ ...line, [key]: e.target.value })}
          data-testid={`works-${key}-${id}`}
        />
      )}
    </td>
  );
  return (
    <tr
      data-answer={line.answer || undefined}
      data-open={(first && item.must && line.answer === '') || undefined}
      data-part={line.community ? true : undefined}
      data-testid={`works-row-${id}`}
    >
      <td className={css.no}>{first && item.no}</td>
      <td>
        {first && (
          <div className={css.name}>
            <button
              type="button"
              aria-expanded={expanded}
              title={t('details', { name: item.name })}
              onClick={onExpand}
              data-testid={`works-detail-${item.no}`}
            >
              {item.name}
            </button>
            {item.nature_name && <span className={css.nature}>{item.nature_name}</span>}
            {item.must && (
              <Tip text={t('mustTip', { text: must.text, clause: must.clause })}>
                <span className={css.mustMark}>{t('must')}</span>
              </Tip>
            )}
          </div>
        )}
        {community && <div className={css.community}>{community.name}</div>}
      </td>
      <td className={css.evidence}>
        {first && (
          <button
            type="button"
            className={css.chip}
            data-for={item.suggested || undefined}
            onClick={onExpand}
            disabled={item.evidence.length === 0}
            data-testid={`works-evidence-${item.no}`}
          >
            {speaks > 0 ? t('for', { n: speaks }) : item.evidence.length > 0 ? '…' : t('nothing')}
          </button>
        )}
      </td>
      <td className={css.answer}>
        {mayEdit ? (
          <Select<Answer>
            label={label(t('answer'))}
            value={line.answer}
            options={answers.map((a) => ({ value: a, label: t(`answer.${a}`) }))}
            onChange={(a) => onChange(answered(line, a, item))}
            testId={`works-answer-${id}`}
          />
        ) : (
          t(`answer.${line.answer}`)
        )}
      </td>
      {field('quantity', css.figure ?? '', true)}
      {field('unit', css.unit ?? '', false)}
      {field('price', css.figure ?? '', true)}
      <td className={css.amount}>{done && yuan(amountOf(line))}</td>
      <td className={css.reasonCell}>
        <div className={css.reason}>
          {line.answer !== '' && (
            <input
              className={ui.input}
              value={done ? line.note : line.reason}
              readOnly={!mayEdit}
              placeholder={mayEdit ? t(done ? 'noteHolder' : 'reasonHolder') : ''}
              aria-label={label(t('reason'))}
              aria-invalid={(!done && line.reason.trim() === '') || undefined}
              onChange={(e) => onChange({ ...line, [done ? 'note' : 'reason']: e.target.value })}
              data-testid={`works-reason-${id}`}
            />
          )}
          {first && mayEdit && !mayNotSplit && (
            <IconButton
              small
              icon={line.community ? 'merge' : 'split'}
              label={t(line.community ? 'join' : 'split')}
              onClick={onSplit}
              data-testid={`works-split-${item.no}`}
            />
          )}
        </div>
      </td>
    </tr>
  );
}
