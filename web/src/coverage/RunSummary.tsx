import type { CoverageRun } from '../api/nouns';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, floorArea, moment, share } from '../language/format';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { DemoMark, Notice } from '../ui/State';
import own from './coverage.module.css';
import { limitSaid } from './said';
import { words } from './words';

/** The figures of a run, with everything one must know to trust them: method, radius and its source, area, who and when. */
export function RunSummary({ run: r }: { run: CoverageRun }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const setRun = useWorkbench((s) => s.setRun);
  const s = r.summary;
  const lines: [string, string, number, number, (v: number) => string][] = [
    ['households', t('households'), s.covered_households, s.households, count],
    ['buildings', t('buildings'), s.covered_buildings, s.buildings, count],
    ['floor', t('floorArea'), s.covered_floor_area_m2, s.floor_area_m2, (v) => floorArea(v, language)],
  ];
  return (
    <div className={css.section} data-testid="coverage-summary">
      <h3>
        <span>
          {r.facility_name} · {limitSaid(r.limit, language)} · {r.area.name || t(`area.${r.area.kind}`)}
        </span>
        <Button small tone="ghost" icon="close" onClick={() => setRun(null)} data-testid="clear-run">
          {t('clear')}
        </Button>
      </h3>
      <div className={own.legendLine}>
        <span>
          <i style={{ background: 'var(--covered)' }} />
          {t('covered')}
        </span>
        <span>
          <i style={{ background: 'var(--uncovered)' }} />
          {t('status.uncovered')}
        </span>
      </div>
      {lines.map(([key, label, part, all, show]) => (
        <div key={key} className={own.meter} data-testid={`covered-${key}`}>
          <div>
            <span>{label}</span>
            <span>
              {show(part)} / {show(all)} &nbsp;<strong>{share(part, all)}</strong>
            </span>
          </div>
          <div className={own.bar} style={all ? undefined : { background: 'var(--line)' }}>
            <i style={{ width: all ? `${(100 * part) / all}%` : 0 }} />
          </div>
        </div>
      ))}
      {s.facilities === 0 ? (
        <Notice tone="warn">{t('noFacilities')}</Notice>
      ) : (
        <p className={own.method}>
          {t('facilities', { n: count(s.facilities) })} ·{' '}
          {t('communitiesOf', { part: count(s.uncovered_communities), all: count(s.communities) })}
        </p>
      )}
      {s.generated && (
        <p className={own.method}>
          <DemoMark /> {t('generated')}
        </p>
      )}
      <dl className={css.facts} data-testid="coverage-method">
        <div>
          <dt>{t('standard')}</dt>
          <dd>
            {r.standard
              ? `${r.standard.source} ${r.standard.clause} · ${`mark.${r.standard.mark}` in words ? t(`mark.${r.standard.mark}` as keyof typeof words) : r.standard.mark}`
              : t('typed')}
          </dd>
        </div>
        <div>
          <dt>{t('method')}</dt>
          <dd>{`method.${r.method}` in words ? t(`method.${r.method}` as keyof typeof words) : r.method}</dd>
        </div>
        <div>
          <dt>{t('ranBy')}</dt>
          <dd>{t('by', { who: r.created_by || '—', when: moment(r.created_at) })}</dd>
        </div>
      </dl>
      {r.notes.map((note) => (
        <Notice key={note}>{note}</Notice>
      ))}
    </div>
  );
}
