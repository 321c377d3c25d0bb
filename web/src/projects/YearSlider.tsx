// The years of the phases: which projects are implemented, planned and in
// reserve, year by year.
import { useEffect, useMemo, useState } from 'react';
import { useOverview } from '../api/projects';
import { useWords } from '../language';
import { count } from '../language/format';
import css from '../phases/phases.module.css';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';
import { phaseColours, phases } from './marks';
import { words } from './words';
import { talliesOf, totalOf, type YearTally } from './years';

const PACE = 1400;

export function YearSlider() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const wanted = useWorkbench((s) => s.year);
  const setYear = useWorkbench((s) => s.setYear);
  const rows = useOverview(district).data?.years;
  const tallies = useMemo(() => talliesOf(rows ?? []), [rows]);
  const years = useMemo(() => tallies.map((y) => y.year), [tallies]);
  const shown = wanted !== null && years.includes(wanted) ? wanted : null;
  const [playing, setPlaying] = usePlaying(years, shown);
  if (!rows || tallies.length === 0) return null;
  const total = totalOf(rows);
  const now = tallies.find((y) => y.year === shown) ?? total;
  const at = shown === null ? 0 : years.indexOf(shown) + 1;
  const go = (index: number) => {
    setPlaying(false);
    setYear(index === 0 ? null : (years[index - 1] ?? null));
  };
  return (
    <section className={css.slider} aria-label={t('slider')} data-testid="project-years">
      <div className={css.sliderRow}>
        <IconButton
          icon={playing ? 'pause' : 'play'}
          label={t(playing ? 'pause' : 'play')}
          onClick={() => setPlaying(!playing)}
          data-testid="project-years-play"
        />
        <div
          className={css.track}
          style={{ gridTemplateColumns: `repeat(${years.length + 1}, minmax(62px, 1fr))` }}
        >
          <input
            type="range"
            min={0}
            max={years.length}
            step={1}
            value={at}
            aria-label={t('slider')}
            aria-valuetext={shown === null ? t('allYears') : String(shown)}
            style={{ '--n': years.length + 1 } as React.CSSProperties}
            onChange={(e) => go(Number(e.target.value))}
            data-testid="project-years-range"
          />
          {[total, ...tallies].map((tally, i) => (
            // The range above is what the keyboard moves.
            <button
              key={tally.year}
              type="button"
              tabIndex={-1}
              aria-pressed={i === at}
              onClick={() => go(i)}
              data-testid={`project-year-${tally.year || 'all'}`}
            >
              <Phases of={tally} />
              <span>{tally.year || t('all')}</span>
              <small>{t('projectsN', { n: count(tally.projects) })}</small>
            </button>
          ))}
        </div>
      </div>
      <p className={css.sliderText} data-testid="project-year-figures">
        <span>
          <b>{shown ?? t('allYears')}</b>{' '}
          {phases.map((p) => `${t(`phase.${p}`)} ${now.phases[p]}`).join(' · ')}
          {now.proposed > 0 && ` · ${t('legendProposed')} ${now.proposed}`}
        </span>
        <span>
          {t('communitiesN', { n: count(now.communities) })} ·{' '}
          {t('householdsN', { n: count(now.households) })}
        </span>
      </p>
    </section>
  );
}

/** The phases of a year as a bar of their colours. */
function Phases({ of }: { of: YearTally }) {
  const theme = useWorkbench((s) => s.theme);
  const colours = phaseColours[theme];
  return (
    <i style={{ display: 'flex', overflow: 'hidden' }}>
      {phases.map((p) => (
        <b key={p} style={{ flex: of.phases[p], background: colours[p] }} />
      ))}
      <b style={{ flex: of.proposed, background: 'var(--line-2)' }} />
    </i>
  );
}

/** While it plays, the next year comes by itself; the last one ends it. */
function usePlaying(years: readonly number[], shown: number | null) {
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(
      () => {
        const at = shown === null ? -1 : years.indexOf(shown);
        const next = years[at + 1];
        if (next === undefined) setPlaying(false);
        else useWorkbench.getState().setYear(next);
      },
      shown === null ? 200 : PACE,
    );
    return () => clearTimeout(timer);
  }, [playing, years, shown]);
  const start = (on: boolean) => {
    // From the end it begins again.
    if (on && shown === (years.at(-1) ?? null)) useWorkbench.getState().setYear(years[0] ?? null);
    setPlaying(on);
  };
  return [playing, start] as const;
}
