// What the differences make of the coverage, as they are made.
import type { Trial, TrialAnswer } from '../api/coverage';
import type { CoverageRun } from '../api/nouns';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, floorArea, metres, share } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Notice } from '../ui/State';
import own from './coverage.module.css';
import { minutesSaid } from './said';
import { trialWords } from './trialWords';

export function TrialLive({
  run,
  trial,
  answer,
  asking,
}: {
  run: CoverageRun;
  trial: Trial;
  answer: TrialAnswer | null;
  asking: boolean;
}) {
  const t = useWords(trialWords);
  const language = useWorkbench((s) => s.language);
  const { base } = trial;
  const now = answer?.figures ?? base;
  const mean = (f: typeof base) =>
    run.method === 'walk_slope' ? minutesSaid(f.mean_minutes, language) : metres(Math.round(f.mean_m));
  const width = (n: number) => ({ width: base.households ? `${(100 * n) / base.households}%` : 0 });
  return (
    <div className={own.live} data-testid="trial-live" aria-live="polite" aria-busy={asking}>
      <div className={own.gains}>
        <span>
          {t('gained')}{' '}
          <strong className={own.better} data-testid="trial-gained">
            +{count(answer?.gained_households ?? 0)}
          </strong>
        </span>
        <span>
          {t('lost')}{' '}
          <strong className={own.worse} data-testid="trial-lost">
            −{count(answer?.lost_households ?? 0)}
          </strong>
        </span>
      </div>
      <div className={own.meter} data-testid="trial-share">
        <div>
          <span>{t('coveredShare')}</span>
          <span>
            {share(base.covered_households, base.households)} →{' '}
            <strong>{share(now.covered_households, now.households)}</strong>
          </span>
        </div>
        <div className={own.bar} aria-hidden="true">
          <i
            className={own.covered}
            style={width(Math.min(base.covered_households, now.covered_households))}
          />
          <i
            className={own.fresh}
            style={width(Math.max(0, now.covered_households - base.covered_households))}
          />
          <i
            className={own.gone}
            style={width(Math.max(0, base.covered_households - now.covered_households))}
          />
        </div>
      </div>
      <details className={own.more}>
        <summary data-testid="trial-took">
          {answer
            ? t('tookOf', { ms: answer.took_ms.toFixed(1), n: count(answer.changed.length) })
            : t('noneYet')}
        </summary>
        <dl className={css.facts}>
          <div>
            <dt>{t('households')}</dt>
            <dd>
              {count(base.covered_households)} → {count(now.covered_households)} / {count(now.households)}
            </dd>
          </div>
          <div>
            <dt>{t('floor')}</dt>
            <dd>
              {floorArea(base.covered_floor_area_m2, language)} →{' '}
              {floorArea(now.covered_floor_area_m2, language)}
            </dd>
          </div>
          <div>
            <dt>{t('mean')}</dt>
            <dd>
              {mean(base)} → {mean(now)}
            </dd>
          </div>
        </dl>
      </details>
      {(answer?.notes ?? []).map((note) => (
        <Notice key={note} tone="warn">
          {note}
        </Notice>
      ))}
    </div>
  );
}
