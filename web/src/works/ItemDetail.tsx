// What the document says of an item, and what speaks for it here.
import type { Evidence, WorksItem } from '../api/works';
import { useWords } from '../language';
import { words } from './words';
import css from './works.module.css';

export function ItemDetail({ item }: { item: WorksItem }) {
  const t = useWords(words);
  return (
    <div className={css.about} data-testid={`works-about-${item.no}`}>
      <dl>
        {item.content && <Term name={t('content')} text={item.content} />}
        {item.standard && <Term name={t('standard')} text={item.standard} />}
        <Term name={t('clause')} text={[item.clause, item.note].filter(Boolean).join('；')} />
        {item.equals.length > 0 && (
          <Term
            name={t('same')}
            text={`${item.equals.map((e) => `${e.policy_title}第${e.no}项“${e.name}”（${e.category_name}）`).join('、')}${t('sameNote')}`}
          />
        )}
      </dl>
      {item.evidence.length > 0 && (
        <ul>
          {byText(item.evidence).map(([text, list]) => (
            <li key={text} data-speaks={list[0]?.speaks}>
              <span>{list.map((e) => e.community_name).join('、')}：</span>
              {text}
              {list[0]?.clause && <span className={css.clause}>{list[0].clause}</span>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const Term = ({ name, text }: { name: string; text: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{text}</dd>
  </div>
);

/** Communities of which the same is said stand in one line. */
function byText(evidence: readonly Evidence[]): [string, Evidence[]][] {
  const groups = new Map<string, Evidence[]>();
  for (const e of evidence) groups.set(e.text, [...(groups.get(e.text) ?? []), e]);
  return [...groups];
}
