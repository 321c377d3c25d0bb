// The plan's targets beside what has been reached, by count and by area.
import type { Board, BoardTarget } from '../api/dashboard';
import { useWords } from '../language';
import { percent } from '../language/format';
import { Bar, Card } from './Card';
import own from './dashboard.module.css';
import { words } from './words';

export function TargetCard({ board: b }: { board: Board }) {
  const t = useWords(words);
  return (
    <Card area="targets" name={t('targets')}>
      <ul className={own.targets}>
        {b.targets.map((target) => (
          <Target key={target.id} target={target} />
        ))}
      </ul>
    </Card>
  );
}

const wan = (m2: number) => (m2 / 10_000).toFixed(1);

function Target({ target: g }: { target: BoardTarget }) {
  const t = useWords(words);
  const tone = g.share !== null && g.share >= 1 ? 'ok' : g.over ? 'bad' : 'plain';
  const how = [g.text, g.how, g.see_also?.join('、')].filter(Boolean).join('\n');
  return (
    <li title={how} data-testid={`target-${g.id}`}>
      <p className={own.targetText}>
        <span>
          {g.own ? t(g.metric === 'started' ? 'ownStarted' : 'ownCompleted', { year: g.year }) : g.text}
        </span>
        <small>
          {g.clause}
          {g.over && ` · ${t('over')}`}
        </small>
        {g.forecast && (
          <small
            title={`${g.forecast.text}\n${t('pace', { n: g.forecast.pace })}`}
            className={g.forecast.reaches === false ? own.bad : undefined}
          >
            {t('forecast', { n: g.forecast.count })}
          </small>
        )}
        {g.count === null && <small>{t('noTarget')}</small>}
      </p>
      {g.count !== null && (
        <div className={own.targetBar}>
          <Bar part={g.share} tone={tone} />
          <span>
            {t('actualOf', { have: g.actual, of: g.count })}
            {g.area_m2 !== null && <> · {t('areaOf', { have: wan(g.actual_m2), of: wan(g.area_m2) })}</>}
            {g.share !== null && <b>{percent(g.share)}</b>}
          </span>
        </div>
      )}
    </li>
  );
}
