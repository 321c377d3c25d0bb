// The menu as a table, grouped by category.
import { Fragment, useState } from 'react';
import type { Works, WorksItem } from '../api/works';
import { useWords } from '../language';
import { Empty } from '../ui/State';
import { amountOfItem, type Draft, isDone, withLine, withSplit } from './draft';
import { ItemDetail } from './ItemDetail';
import { ItemRow } from './ItemRow';
import { wan } from './sums';
import { words } from './words';
import css from './works.module.css';

export function MenuTable({
  works,
  items,
  draft,
  mayEdit,
  onChange,
}: {
  works: Works;
  items: readonly WorksItem[];
  draft: Draft;
  mayEdit: boolean;
  onChange: (draft: Draft) => void;
}) {
  const t = useWords(words);
  const [open, setOpen] = useState<number | null>(null);
  if (items.length === 0) return <Empty icon="search" title={t('empty')} />;
  const categories = [...new Set(items.map((i) => i.category))];
  return (
    <table className={css.menu} data-testid="works-menu">
      <thead>
        <tr>
          <th className={css.no}>{t('no')}</th>
          <th>{t('item')}</th>
          <th className={css.evidence}>{t('evidence')}</th>
          <th className={css.answer}>{t('answer')}</th>
          <th className={css.figure}>{t('quantity')}</th>
          <th className={css.unit}>{t('unit')}</th>
          <th className={css.figure}>{t('price')}</th>
          <th className={css.amount}>{t('amount')}</th>
          <th>{t('reason')}</th>
        </tr>
      </thead>
      <tbody>
        {categories.map((category) => {
          const all = works.items.filter((i) => i.category === category);
          return (
            <Fragment key={category}>
              <tr className={css.group}>
                <th colSpan={9} scope="colgroup">
                  {all[0]?.category_name}
                  <span>
                    {t('subtotal', {
                      done: all.filter((i) => isDone(draft.get(i.no) ?? [])).length,
                      amount: wan(all.reduce((s, i) => s + amountOfItem(draft.get(i.no) ?? []), 0)),
                    })}
                  </span>
                </th>
              </tr>
              {items
                .filter((i) => i.category === category)
                .map((item) => (
                  <Fragment key={item.no}>
                    {(draft.get(item.no) ?? []).map((line, at) => (
                      <ItemRow
                        key={line.community}
                        item={item}
                        line={line}
                        first={at === 0}
                        community={works.communities.find((c) => c.code === line.community)}
                        must={works.must}
                        mayEdit={mayEdit}
                        mayNotSplit={works.communities.length < 2}
                        expanded={open === item.no}
                        onExpand={() => setOpen(open === item.no ? null : item.no)}
                        onSplit={() => onChange(withSplit(draft, works, item.no))}
                        onChange={(next) => onChange(withLine(draft, next))}
                      />
                    ))}
                    {open === item.no && (
                      <tr className={css.detail}>
                        <td />
                        <td colSpan={8}>
                          <ItemDetail item={item} />
                        </td>
                      </tr>
                    )}
                  </Fragment>
                ))}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}
