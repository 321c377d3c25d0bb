// The years on the map: zones coloured by the year that they have in the shown
// plan (saved or tried), and the slider that goes from year to year.
import { useEffect, useMemo, useState } from 'react';
import { useWords } from '../language';
import { count } from '../language/format';
import { useControl, type ZoneKey } from '../map/control';
import type { ZonePaint } from '../map/overlays';
import { useWorkbench } from '../state/workbench';
import { IconButton } from '../ui/Button';
import { columnsOf, type Moves, placeOf, until } from './board';
import css from './phases.module.css';
import { coloursOf, paintOf, swatchOf, tenseOf } from './ramp';
import { money } from './said';
import { usePhases } from './usePhases';
import { words } from './words';

const PACE = 1400;

export default function YearsOnMap() {
  const t = useWords(words);
  const { saved, plan, moves, costed } = usePhases();
  const theme = useWorkbench((s) => s.theme);
  const language = useWorkbench((s) => s.language);
  const wanted = useWorkbench((s) => s.year);
  const setYear = useWorkbench((s) => s.setYear);
  const data = saved.data ?? null;
  const years = useMemo(() => (data ? columnsOf(data, moves).map((c) => c.year) : []), [data, moves]);
  const shown = wanted !== null && years.includes(wanted) ? wanted : null;
  const colours = useMemo(() => coloursOf(years, theme), [years, theme]);
  usePaint(data, moves, shown, colours, years);
  const [playing, setPlaying] = usePlaying(years, shown);

  if (!data?.zones.length || !plan) return null;
  const at = shown === null ? 0 : years.indexOf(shown) + 1;
  const go = (index: number) => {
    setPlaying(false);
    setYear(index === 0 ? null : (years[index - 1] ?? null));
  };
  const stops: (number | null)[] = [null, ...years];
  const inYear = (year: number | null) =>
    data.zones.filter((z) => {
      const at = placeOf(z, moves).year;
      return year === null ? at !== null : at === year;
    }).length;
  const now = plan.years.find((y) => y.year === shown);
  const sum = until(plan.years, shown);
  return (
    <section className={css.slider} aria-label={t('slider')} data-testid="year-slider">
      <div className={css.sliderRow}>
        <IconButton
          icon={playing ? 'pause' : 'play'}
          label={t(playing ? 'pause' : 'play')}
          onClick={() => setPlaying(!playing)}
          data-testid="year-play"
        />
        <div
          className={css.track}
          style={{ gridTemplateColumns: `repeat(${stops.length}, minmax(46px, 1fr))` }}
        >
          <input
            type="range"
            min={0}
            max={years.length}
            step={1}
            value={at}
            aria-label={t('slider')}
            aria-valuetext={shown === null ? t('allYears') : String(shown)}
            style={{ '--n': stops.length } as React.CSSProperties}
            onChange={(e) => go(Number(e.target.value))}
            data-testid="year-range"
          />
          {stops.map((year, i) => (
            // The range above is what the keyboard moves.
            <button
              key={year ?? 'all'}
              type="button"
              tabIndex={-1}
              aria-pressed={i === at}
              onClick={() => go(i)}
              data-testid={`year-stop-${year ?? 'all'}`}
            >
              <i
                style={{
                  background:
                    year === null
                      ? `linear-gradient(90deg, ${years.map((y) => colours.get(y)).join(', ')}${years.length === 1 ? `, ${colours.get(years[0] ?? 0)}` : ''})`
                      : colours.get(year),
                }}
              />
              <span>{year ?? t('all')}</span>
              <small>{t('zonesN', { n: inYear(year) })}</small>
            </button>
          ))}
        </div>
      </div>
      <p className={css.sliderText} data-testid="year-figures">
        {now && (
          <span>
            <b>{now.year}</b> {t('communitiesN', { n: count(now.communities) })} ·{' '}
            {t('householdsN', { n: count(now.households) })} ·{' '}
            {money(costed ? now.cost_yuan : null, language)}
          </span>
        )}
        <span>
          <b>{t(now ? 'soFar' : 'allYears')}</b> {t('zonesN', { n: sum.zones })} ·{' '}
          {t('householdsN', { n: count(sum.households) })} · {money(costed ? sum.cost_yuan : null, language)}
        </span>
      </p>
    </section>
  );
}

/** Colours the zones on the map, and says in the legend what the colours are. */
function usePaint(
  data: ReturnType<typeof usePhases>['saved']['data'] | null,
  moves: Moves,
  shown: number | null,
  colours: ReadonlyMap<number, string>,
  years: readonly number[],
) {
  const t = useWords(words);
  const theme = useWorkbench((s) => s.theme);
  const language = useWorkbench((s) => s.language);
  const controller = useControl((s) => s.controller);
  const setZoneKey = useControl((s) => s.setZoneKey);
  const tint = useMemo(
    () =>
      new Map<string, ZonePaint>(
        data?.zones.map((z) => [z.code, paintOf(placeOf(z, moves).year, shown, colours, theme)]),
      ),
    [data, moves, shown, colours, theme],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: `t` says the same as long as the language does
  const key = useMemo<ZoneKey[]>(() => {
    const row = (label: string, paint: ZonePaint): ZoneKey => ({
      label,
      colour: swatchOf(paint),
      outline: paint.colour,
    });
    const rows = years
      .filter((y) => tenseOf(y, shown) !== 'later')
      .map((y) => {
        const tense = tenseOf(y, shown);
        const label = tense === 'past' || tense === 'now' ? t(`tense.${tense}`, { year: y }) : String(y);
        return row(label, paintOf(y, shown, colours, theme));
      });
    return [...rows, row(t(shown === null ? 'none' : 'tense.later'), paintOf(null, shown, colours, theme))];
  }, [years, shown, colours, theme, language]);
  const any = tint.size > 0;
  useEffect(() => {
    if (!any) return;
    controller?.setZoneTint(tint);
    setZoneKey(key);
  }, [controller, tint, key, any, setZoneKey]);
  useEffect(() => {
    if (!any) return;
    return () => {
      setZoneKey(null);
      // The map may be gone already, with everything on it.
      if (useControl.getState().controller === controller) controller?.setZoneTint(null);
    };
  }, [controller, any, setZoneKey]);
}

/** While it plays, the next year comes by itself; the last one ends it. */
function usePlaying(years: readonly number[], shown: number | null) {
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing) return;
    const last = years.at(-1) ?? null;
    const timer = setTimeout(
      () => {
        if (shown === last) return setPlaying(false);
        const next = shown === null ? years[0] : years[years.indexOf(shown) + 1];
        useWorkbench.getState().setYear(next ?? null);
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
