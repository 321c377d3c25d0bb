// A scorecard: by what it was made, how the district stands, what each facility
// type leaves uncovered, and the way to the runs behind it.
import { useProfiles } from '../api/coverage';
import type { Batch, Scorecard } from '../api/nouns';
import { useMark } from '../coverage/marks';
import { limitSaid } from '../coverage/said';
import { useTypeName } from '../coverage/useTypeName';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, moment, percent } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { DemoMark, Notice } from '../ui/State';
import ui from '../ui/ui.module.css';
import { ExportLinks } from './ExportLinks';
import { classLabels } from './ramp';
import { scored, shortfalls } from './rows';
import { ScoreCard } from './ScoreCard';
import own from './scorecards.module.css';
import { useScoreOnMap } from './useScoreOnMap';
import { words } from './words';

export function ScoreView({ card }: { card: Scorecard }) {
  const t = useWords(words);
  const b = card.batch;
  useScoreOnMap(card);
  const known = card.communities.filter(scored);
  const homes = known.reduce((sum, c) => sum + c.households, 0);
  const mean = homes ? known.reduce((sum, c) => sum + c.score * c.households, 0) / homes : null;
  const [worst = ''] = classLabels();
  const without = card.types.filter((type) => type.facilities === 0).length;
  return (
    <>
      <div className={css.section} data-testid="score-view">
        <div className={css.figures}>
          <Figure label={t('communities')} value={count(card.communities.length)} />
          <Figure label={t('typesDone')} value={count(card.types.length)} />
          <Figure label={t('meanScore')} value={percent(mean)} testId="score-mean" />
          <Figure
            label={t('worstClass', { n: `${worst.replace(/\D/g, '')}%` })}
            value={count(known.filter((c) => c.score < 0.2).length)}
          />
        </div>
        <p className={ui.hint}>
          {t('scoreMeans')} {without > 0 && t('noneThereN', { n: without })}
        </p>
        {b.runs?.some((r) => r.summary.generated) && (
          <div>
            <DemoMark />
          </div>
        )}
        <Method batch={b} />
        <div className={css.row}>
          <ExportLinks batch={b.id} />
        </div>
        {(b.skipped?.length ?? 0) > 0 && (
          <Notice>
            <details data-testid="score-skipped">
              <summary>{t('skipped', { n: b.skipped.length })}</summary>
              {b.skipped.map((s) => (
                <div key={s.facility_type}>
                  {s.facility_name}：{s.reason}
                </div>
              ))}
            </details>
          </Notice>
        )}
      </div>
      <Shortfalls card={card} />
      <ScoreCard card={card} />
    </>
  );
}

function Figure({ label, value, testId }: { label: string; value: string; testId?: string }) {
  return (
    <div className={css.figure}>
      <span>{label}</span>
      <strong data-testid={testId}>{value}</strong>
    </div>
  );
}

/** What one must know to trust the figures. */
function Method({ batch: b }: { batch: Batch }) {
  const t = useWords(words);
  const walker = b.runs?.find((r) => r.walker)?.walker;
  const language = useWorkbench((s) => s.language);
  const profiles = useProfiles().data;
  const profile = profiles?.find((p) => p.key === b.profile.split('@')[0]);
  return (
    <dl className={css.facts} data-testid="score-method">
      <div>
        <dt>{t('method')}</dt>
        <dd>{t(`method.${b.method}`)}</dd>
      </div>
      {walker && (
        <div>
          <dt>{t('walker')}</dt>
          <dd>
            {t('walkerSaid', { name: walker.name, speed: walker.speed_m_s })}
            {walker.step_free && ` · ${t('stepFree')}`}
          </dd>
        </div>
      )}
      <div>
        <dt>{t('profile')}</dt>
        <dd>{(language === 'en' ? profile?.name_en : profile?.name) || b.profile}</dd>
      </div>
      <div>
        <dt>{t('area')}</dt>
        <dd>{b.area.name || t(`area.${b.area.kind}`)}</dd>
      </div>
      <div>
        <dt>{t('madeBy')}</dt>
        <dd>{t('by', { who: b.created_by || '—', when: moment(b.created_at) })}</dd>
      </div>
    </dl>
  );
}

function Shortfalls({ card }: { card: Scorecard }) {
  const t = useWords(words);
  const markSaid = useMark();
  const language = useWorkbench((s) => s.language);
  const open = useWorkbench((s) => s.open);
  const typeName = useTypeName();
  return (
    <div data-testid="score-shortfalls">
      <div className={css.section} style={{ borderBottom: 0, paddingBottom: 6 }}>
        <h3>{t('summary')}</h3>
        <p className={ui.hint}>{t('summaryHint')}</p>
      </div>
      {shortfalls(card).map(({ type, households, uncovered }) => {
        const name = typeName(type);
        const mark = type.standard?.mark ?? '';
        return (
          <button
            key={type.facility_type}
            type="button"
            className={own.short}
            title={t('openRun', { name })}
            onClick={() => open({ tab: 'runs', run: type.run })}
            data-testid={`score-type-${type.facility_type}`}
          >
            <strong>{name}</strong>
            <span>{households ? percent(1 - uncovered / households) : '—'}</span>
            <span>
              {type.facilities === 0 && `${t('noneInDistrict')} · `}
              {uncovered > 0 ? t('uncovered', { n: count(uncovered) }) : t('allCovered')}
            </span>
            <span title={markSaid(mark)}>
              ≤ {limitSaid(type.limit, language)}
              {type.standard && ` · ${mark} · ${type.standard.source} ${type.standard.clause}`}
            </span>
          </button>
        );
      })}
    </div>
  );
}
