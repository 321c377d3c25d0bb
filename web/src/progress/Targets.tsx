// Figures that are to be reached in a year, against what was, with a forecast.
import { type TargetProgress, useTargets } from '../api/progress';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import ui from '../ui/ui.module.css';
import css from './progress.module.css';
import { shown } from './row';
import { words } from './words';

export function Targets({ year }: { year: number }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const targets = useTargets(district, year);
  if (!targets.data) return null;
  return (
    <div data-testid="targets">
      <h3 className={css.section}>
        {year} {t('targets')}
      </h3>
      {targets.data.length === 0 && <p className={css.quiet}>{t('noTargets')}</p>}
      <ul className={css.units}>
        {targets.data.map((p) => (
          <Target key={p.id} target={p} />
        ))}
      </ul>
    </div>
  );
}

function Target({ target: p }: { target: TargetProgress }) {
  const t = useWords(words);
  const share = Math.min(1, p.share ?? p.area_share ?? 0);
  const figures = p.count !== null || p.area_wan !== null;
  return (
    <li className={css.target} data-testid="target" data-id={p.id}>
      <div className={css.targetHead}>
        <span>{p.text}</span>
        <small>{p.clause}</small>
      </div>
      {figures && (
        <>
          <div className={ui.bar}>
            <i style={{ width: `${share * 100}%` }} />
          </div>
          <dl className={css.pair}>
            <dt>{t('actual')}</dt>
            <dd>
              <b>{p.actual.count}</b> / {p.count ?? t('notGiven')} {t('countUnit')}
            </dd>
            <dd>
              <b>{shown(p.actual.area_wan)}</b> / {p.area_wan === null ? t('notGiven') : shown(p.area_wan)}{' '}
              {t('areaUnit')}
            </dd>
          </dl>
        </>
      )}
      {p.forecast && (
        <p className={css.source}>
          {t('forecast')}：
          <span title={p.forecast.pace_text}>
            {t('pace')} {p.forecast.pace.count} {t('countUnit')}
          </span>
          ；
          <span title={p.forecast.plan_text}>
            {t('planned')} {p.forecast.plan.count} {t('countUnit')}
            {p.forecast.reaches !== null && `（${t(p.forecast.reaches ? 'reaches' : 'short')}）`}
          </span>
        </p>
      )}
      {p.places.map((place) => (
        <p key={place.name} className={css.source}>
          {t('placeDone', { name: place.name, n: place.projects.length })}
        </p>
      ))}
      {p.reported && (
        <p className={css.source}>
          {t(p.reported.missing > 0 ? 'reportedPart' : 'reported', {
            month: p.reported.month,
            missing: p.reported.missing,
            area: shown(p.reported.area_wan),
            households: p.reported.households,
          })}
        </p>
      )}
      {p.how && <p className={css.source}>{p.how}</p>}
    </li>
  );
}
