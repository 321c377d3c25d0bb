// The table of the programme: a column for each year with its bars, zones as
// cards that can be dragged, and at once what the trial would break.
import { useEffect, useMemo, useRef, useState } from 'react';
import type { PhaseYearTotals, PhaseZone } from '../api/nouns';
import { useZones } from '../api/queries';
import frame from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, floorArea } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Icon } from '../ui/icons';
import { Empty, Failure, Waiting } from '../ui/State';
import { beside, columnsOf, faultsOf, isBudget, placeOf } from './board';
import css from './phases.module.css';
import { coloursOf, unplanned } from './ramp';
import { faultText, money, namesOf } from './said';
import { useDrag } from './useDrag';
import { usePhaseActions } from './usePhaseActions';
import { type Phases, usePhases } from './usePhases';
import { words } from './words';
import { CARD_KEYS, ZoneCard } from './ZoneCard';

const NONE = 'none';
const yearOf = (column: string): number | null => (column === NONE ? null : Number(column));

export default function PhaseBoard() {
  const t = useWords(words);
  const phases = usePhases();
  const { saved, plan } = phases;
  if (saved.isPending) return <Waiting rows={3} />;
  if (saved.isError) return <Failure error={saved.error} retry={() => void saved.refetch()} />;
  if (!plan || saved.data.zones.length === 0)
    return (
      <Empty icon="program" title={t('noZones')}>
        {t('noZonesText')}
      </Empty>
    );
  return <Board phases={phases} />;
}

function Board({ phases }: { phases: Phases }) {
  const t = useWords(words);
  const { saved, moves, plan, mayTry } = phases;
  const theme = useWorkbench((s) => s.theme);
  const shown = useWorkbench((s) => s.year);
  const setYear = useWorkbench((s) => s.setYear);
  const district = useWorkbench((s) => s.district);
  const zones = useZones(district);
  const actions = usePhaseActions(phases);
  const ground = useRef<HTMLDivElement>(null);
  const [focus, setFocus] = useState<string | null>(null);
  const { drag, handlers } = useDrag(ground, (code, column) => actions.move(code, yearOf(column)));

  const data = saved.data;
  const judged = useMemo(() => new Map(plan?.zones.map((z) => [z.code, z])), [plan]);
  const columns = useMemo(() => (data ? columnsOf(data, moves) : []), [data, moves]);
  const colours = useMemo(
    () =>
      coloursOf(
        columns.map((c) => c.year),
        theme,
      ),
    [columns, theme],
  );
  const blamed = useMemo(
    () => new Set(plan?.broken.filter((b) => !isBudget(b)).flatMap((b) => b.zones)),
    [plan],
  );
  // A card that the keyboard has moved is a new element in another column.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the move that takes the focus away
  useEffect(() => {
    if (focus) card(ground.current, focus)?.focus();
  }, [focus, moves]);
  const selected = useWorkbench((s) => (s.selection?.kind === 'zone' ? s.selection.code : null));
  useEffect(() => {
    if (selected) card(ground.current, selected)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [selected]);

  if (!data || !plan) return null;
  const planned = columns.filter((c) => c.planned).map((c) => c.year);
  const stacks: { column: string; year: number | null; planned: boolean }[] = [
    ...columns.map((c) => ({ column: String(c.year), ...c })),
    { column: NONE, year: null, planned: true },
  ];
  const show = (code: string) => {
    useWorkbench.getState().select({ kind: 'zone', code });
    const zone = zones.data?.find((z) => z.code === code);
    if (zone) useControl.getState().controller?.reveal(zone.bbox, null);
  };
  const onKey = (e: React.KeyboardEvent, z: PhaseZone) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const step = e.key === 'ArrowLeft' ? -1 : e.key === 'ArrowRight' ? 1 : null;
    if (step !== null) {
      e.preventDefault();
      if (z.begun || !mayTry) return;
      setFocus(z.code);
      actions.move(z.code, beside(planned, placeOf(z, moves).year, step));
    } else if (e.key === 'ArrowUp' || e.key === 'ArrowDown') {
      e.preventDefault();
      const stack = e.currentTarget.closest('[data-column]')?.querySelectorAll<HTMLElement>('[data-card]');
      const all = [...(stack ?? [])];
      const at = all.findIndex((c) => c.dataset.card === z.code);
      all[at + (e.key === 'ArrowUp' ? -1 : 1)]?.focus();
    } else if (e.key === 'l' || e.key === 'L') {
      e.preventDefault();
      actions.lock(z.code);
    }
  };
  const ghost = drag && data.zones.find((z) => z.code === drag.code);
  return (
    <>
      <Bar phases={phases} actions={actions} />
      <p id={CARD_KEYS} hidden>
        {t('cardKeys')}
      </p>
      <div
        className={css.board}
        ref={ground}
        data-dragging={drag !== null}
        data-testid="phase-board"
        aria-busy={phases.judging}
      >
        {stacks.map(({ column, year, planned }) => {
          const here = data.zones.filter((z) => placeOf(z, moves).year === year);
          const totals = plan.years.find((y) => y.year === year);
          return (
            <section
              key={column}
              className={css.column}
              data-column={planned ? column : undefined}
              data-over={drag?.over === column}
              data-shown={year !== null && shown === year}
              data-testid={`phase-column-${column}`}
              aria-label={year === null ? t('none') : String(year)}
            >
              <header>
                <button
                  type="button"
                  className={css.columnYear}
                  onClick={() => setYear(shown === year ? null : year)}
                  disabled={year === null}
                  aria-pressed={year !== null && shown === year}
                >
                  <i style={{ background: (year === null ? null : colours.get(year)) ?? unplanned[theme] }} />
                  <strong>{year ?? t('none')}</strong>
                  {!planned && <em>{t('outside')}</em>}
                  <small>{t('zonesN', { n: here.length })}</small>
                </button>
                {totals && <Bars totals={totals} settings={plan.settings} costed={phases.costed} />}
              </header>
              <ul>
                {here.map((z) => (
                  <ZoneCard
                    key={z.code}
                    zone={judged.get(z.code) ?? z}
                    saved={z}
                    placed={placeOf(z, moves)}
                    blamed={blamed.has(z.code)}
                    costed={phases.costed}
                    lifted={drag?.code === z.code}
                    movable={mayTry && !z.begun}
                    onKey={(e) => onKey(e, z)}
                    onFocus={() => setFocus(null)}
                    onShow={() => show(z.code)}
                    onLock={() => actions.lock(z.code)}
                    handlers={mayTry && !z.begun ? handlers(z.code) : {}}
                  />
                ))}
                {here.length === 0 && planned && <li className={css.nothing}>{mayTry && t('emptyYear')}</li>}
              </ul>
            </section>
          );
        })}
      </div>
      {drag && ghost && (
        <div className={css.ghost} style={{ transform: `translate(${drag.x + 8}px, ${drag.y + 8}px)` }}>
          <strong>{ghost.name}</strong>
          <span>{drag.over === null ? '' : drag.over === NONE ? t('none') : drag.over}</span>
        </div>
      )}
    </>
  );
}

const card = (board: HTMLElement | null, code: string) =>
  board?.querySelector<HTMLElement>(`[data-card="${CSS.escape(code)}"]`);

function Bar({ phases, actions }: { phases: Phases; actions: ReturnType<typeof usePhaseActions> }) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const [busy, setBusy] = useState(false);
  const { plan, before, changes, mayTry } = phases;
  const faults = plan ? faultsOf(plan, before) : [];
  const fresh = faults.filter((f) => f.fresh);
  const names = namesOf(plan);
  const said = fresh.map((f) => faultText(f, names, t, language)).join(language === 'zh' ? '；' : '; ');
  const touched = changes.length > 0;
  return (
    <div className={frame.gridBar} data-testid="phase-bar">
      <strong>{t('title')}</strong>
      {touched ? (
        <span className={css.trial} data-testid="phase-trial">
          {t('trial', { n: changes.length })}
        </span>
      ) : (
        mayTry && <span className={css.clip}>{t('hint')}</span>
      )}
      {/* Always there, so that a screen reader hears what changes in it. */}
      <span className={css.breaks} role="status" data-testid="phase-breaks" title={said}>
        {said && (
          <>
            <Icon name="warning" size={13} />
            <span>{said}</span>
          </>
        )}
      </span>
      {touched && (
        <>
          <Button small tone="ghost" onClick={actions.discard} data-testid="phase-discard">
            {t('discard')}
          </Button>
          <Button
            small
            tone="primary"
            icon="check"
            disabled={busy}
            onClick={() => {
              setBusy(true);
              void actions.apply().finally(() => setBusy(false));
            }}
            data-testid="phase-apply"
          >
            {busy ? t('applying') : t('apply')}
          </Button>
        </>
      )}
    </div>
  );
}

function Bars({
  totals: y,
  settings,
  costed,
}: {
  totals: PhaseYearTotals;
  settings: NonNullable<Phases['plan']>['settings'];
  costed: boolean;
}) {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const wanted = settings.years.find((w) => w.year === y.year);
  const over = y.budget_yuan > 0 ? y.cost_yuan - y.budget_yuan : 0;
  return (
    <div className={css.bars}>
      <Meter
        label={t('cost')}
        value={y.cost_yuan}
        of={y.budget_yuan}
        text={
          y.budget_yuan > 0
            ? `${money(y.cost_yuan, language).replace(/ ?万元$/, '')} / ${money(y.budget_yuan, language)}`
            : money(costed ? y.cost_yuan : null, language)
        }
        fault={over > 0.005 ? t('overBy', { by: money(over, language) }) : null}
        limit
      />
      <Meter
        label={t('communitiesShort')}
        value={y.communities}
        of={wanted?.min_communities ?? 0}
        text={
          wanted?.min_communities
            ? `${count(y.communities)} / ${count(wanted.min_communities)}`
            : count(y.communities)
        }
        fault={y.missing_communities > 0 ? t('missBy', { by: count(y.missing_communities) }) : null}
      />
      <Meter
        label={t('areaShort')}
        value={y.floor_area_m2}
        of={wanted?.min_floor_area_m2 ?? 0}
        text={
          wanted?.min_floor_area_m2
            ? `${floorArea(y.floor_area_m2, language).replace(/ 万m²$/, '')} / ${floorArea(wanted.min_floor_area_m2, language)}`
            : floorArea(y.floor_area_m2, language)
        }
        fault={
          y.missing_floor_area_m2 > 0
            ? t('missBy', { by: floorArea(y.missing_floor_area_m2, language) })
            : null
        }
      />
    </div>
  );
}

/** A figure against its limit or target; without one, the figure alone. */
function Meter({
  label,
  value,
  of,
  text,
  fault,
  limit,
}: {
  label: string;
  value: number;
  of: number;
  text: string;
  fault: string | null;
  limit?: boolean;
}) {
  const share = of > 0 ? Math.min(1, value / of) : 0;
  return (
    <div
      className={css.meter}
      data-fault={fault !== null}
      data-limit={limit}
      title={fault ? `${text} · ${fault}` : text}
    >
      <span>{label}</span>
      <span className={css.meterBar} hidden={of <= 0}>
        <i style={{ width: `${share * 100}%` }} />
      </span>
      <span className={css.meterText}>{fault ?? text}</span>
    </div>
  );
}
