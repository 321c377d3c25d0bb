// How residents were asked, by the newest survey of each community.
import type { BoardConsent } from '../api/dashboard';
import { useWords } from '../language';
import { count, share } from '../language/format';
import { wholePercent } from './board';
import { Bar, Card } from './Card';
import own from './dashboard.module.css';
import { words } from './words';

export function ConsentCard({ consent: k }: { consent: BoardConsent }) {
  const t = useWords(words);
  const said = k.rounded ? 'about' : 'households';
  const part = k.rounded ? wholePercent : share;
  const line = (name: string, n: number, of: number) => (
    <li>
      <span>{name}</span>
      <Bar part={of ? n / of : null} />
      <span title={k.rounded ? t('rounded') : undefined}>
        {t(said, { n: count(n) })} {part(n, of)}
      </span>
    </li>
  );
  return (
    <Card area="consent" name={t('asking')} aside={<small title={k.rule}>{k.clause}</small>}>
      <ul className={own.lines}>
        {line(t('asked'), k.asked, k.households)}
        {line(t('agreed'), k.agreed, k.households)}
      </ul>
      <p className={own.note}>
        {t('surveysSaid', { closed: k.closed, passed: k.passed, open: k.open })}
        <br />
        {t('unasked', { n: k.unasked })}
      </p>
    </Card>
  );
}
