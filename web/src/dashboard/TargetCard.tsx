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
  const figures = g.share !== null || g.count !== null;
  const tone = g.share !== null && g.share >= 1 ? 'ok' : g.over ? 'bad' : 'plain';
  return (
    <li
      title={`${g.how}${g.see_also?.length ? `（${g.see_also.join('、')}）` : ''}`}
      data-testid={`target-${g.id}`}
    >
      <p className={own.targetText}>
        {g.text}
        <small>
          {g.clause}
          {g.over && ` · ${t('over')}`}
        </small>
      </p>
      {figures ? (
        <div className={own.targetBar}>
          <Bar part={g.share} tone={tone} />
          <span>
            {t('actualOf', { have: g.actual, of: g.count ?? g.of ?? '—' })}
            {(g.area_m2 ?? g.of_m2) !== null && (
              <> · {t('areaOf', { have: wan(g.actual_m2), of: wan(g.area_m2 ?? g.of_m2 ?? 0) })}</>
            )}
            {g.share !== null && <b>{percent(g.share)}</b>}
          </span>
        </div>
      ) : (
        <small className={own.note}>{t('noTarget')}</small>
      )}
    </li>
  );
}
