import { useEffect, useMemo, useState } from 'react';
import type { Zone } from '../api/nouns';
import { useSession, useZones } from '../api/queries';
import { Problem } from '../api/request';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, landArea } from '../language/format';
import { useControl } from '../map/control';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Checkbox, Field } from '../ui/Field';
import { Icon } from '../ui/icons';
import { Empty, Failure, Notice, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { DrawTool } from './DrawTool';
import { type DrawTool as Hand, useDrawing } from './drawing';
import { LiveCard } from './LiveCard';
import { geometryOf } from './sketch';
import { TotalsView } from './TotalsView';
import { useLiveTotals } from './useLiveTotals';
import { useSaveZone } from './useSaveZone';
import { words } from './words';
import { ZoneConflict } from './ZoneConflict';
import own from './zones.module.css';

export default function ZonesPanel() {
  const active = useDrawing((s) => s.active);
  return active ? <DrawPanel /> : <ZoneList />;
}

function ZoneList() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const language = useWorkbench((s) => s.language);
  const selection = useWorkbench((s) => s.selection);
  const hovered = useWorkbench((s) => s.hovered);
  const { select, hover } = useWorkbench.getState();
  const begin = useDrawing((s) => s.begin);
  const session = useSession();
  const zones = useZones(district);
  const refused = may(session.data, 'draw.zone') ? null : t('noRight');
  const start = (tool: Hand) => {
    select(null);
    begin(tool);
  };
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (refused || e.ctrlKey || e.metaKey || e.altKey) return;
      if ((e.target as HTMLElement | null)?.closest('input, textarea, [role="dialog"]')) return;
      if (e.key === 'p') begin('polygon');
      if (e.key === 'r') begin('rectangle');
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [begin, refused]);
  return (
    <>
      <header className={css.head}>
        <h2>{t('title')}</h2>
        <span className={ui.hint}>{zones.data ? t('list', { n: zones.data.length }) : ''}</span>
      </header>
      <div className={css.section}>
        <div className={css.two}>
          <Button
            tone="primary"
            icon="polygon"
            refused={refused}
            onClick={() => start('polygon')}
            data-testid="draw-polygon"
          >
            {t('draw')}
          </Button>
          <Button
            icon="rectangle"
            refused={refused}
            onClick={() => start('rectangle')}
            data-testid="draw-rectangle"
          >
            {t('rectangle')}
          </Button>
        </div>
      </div>
      <div className={css.scroll} data-testid="zone-list">
        {zones.isPending ? (
          <Waiting />
        ) : zones.isError ? (
          <Failure error={zones.error} retry={() => void zones.refetch()} />
        ) : zones.data.length === 0 ? (
          <Empty icon="zones" title={t('emptyTitle')}>
            {t('emptyText')}
          </Empty>
        ) : (
          zones.data.map((z) => (
            <button
              key={z.code}
              type="button"
              className={own.zone}
              aria-current={selection?.kind === 'zone' && selection.code === z.code}
              data-hover={hovered?.kind === 'zone' && hovered.code === z.code}
              data-testid="zone-item"
              onMouseEnter={() => hover({ kind: 'zone', code: z.code })}
              onMouseLeave={() => hover(null)}
              onClick={() => {
                select({ kind: 'zone', code: z.code });
                useControl.getState().controller?.lookAt(z.bbox, null);
              }}
            >
              <span className={own.zoneName}>
                {z.name}
                <span>{landArea(z.totals.area_m2, language)}</span>
              </span>
              <span className={own.zoneFacts}>
                <span>
                  {t('communities')} {count(z.totals.communities)}
                </span>
                <span>
                  {t('buildings')} {count(z.totals.buildings)}
                </span>
                <span>
                  {t('households')} {count(z.totals.households)}
                </span>
              </span>
            </button>
          ))
        )}
      </div>
    </>
  );
}

function DrawPanel() {
  const t = useWords(words);
  const sentence = useSentence();
  const controller = useControl((s) => s.controller);
  const zoom = useWorkbench((s) => s.place?.zoom ?? 0);
  const d = useDrawing();
  const { create, update } = useSaveZone();
  const [name, setName] = useState(d.zone?.name ?? '');
  const [note, setNote] = useState(d.zone?.note ?? '');
  const [saving, setSaving] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const [theirs, setTheirs] = useState<Zone | null>(null);
  useLiveTotals();

  const dirty = d.past.length > 0;
  const leave = () => {
    if (useDrawing.getState().past.length > 0) setAsking(true);
    else useDrawing.getState().end();
  };
  const tool = useMemo(
    () =>
      new DrawTool({
        finished: () => document.querySelector<HTMLInputElement>('[data-testid="zone-name"]')?.focus(),
        cancelled: () => {
          if (useDrawing.getState().past.length > 0) setAsking(true);
          else useDrawing.getState().end();
        },
      }),
    [],
  );
  useEffect(() => {
    controller?.setTool(tool);
    return () => controller?.setTool(null);
  }, [controller, tool]);
  useEffect(() => () => useDrawing.getState().end(), []);
  const editedCode = d.zone?.code ?? null;
  const editedBounds = d.zone?.bbox ?? null;
  useEffect(() => {
    controller?.setEdited(editedCode);
    // The panels around the map have just changed size: look once they have settled.
    const timer = setTimeout(() => editedBounds && controller?.frame(editedBounds), 120);
    return () => {
      clearTimeout(timer);
      controller?.setEdited(null);
    };
  }, [controller, editedCode, editedBounds]);
  useEffect(() => {
    if (!dirty) return;
    const warn = (e: BeforeUnloadEvent) => e.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [dirty]);

  const geometry = geometryOf(d.sketch);
  const holesPossible = d.sketch.parts.length > 0;
  const hint = {
    polygon: t('hintPolygon'),
    rectangle: t('hintRectangle'),
    hole: t('hintHole'),
    edit: t('hintEdit'),
  }[d.tool];

  async function save(): Promise<void> {
    if (!geometry) return setFault(t('nothingDrawn'));
    if (d.faults.length) return setFault(t('crossing'));
    if (!name.trim()) {
      document.querySelector<HTMLInputElement>('[data-testid="zone-name"]')?.focus();
      return setFault(t('nameMissing'));
    }
    setFault(null);
    setSaving(true);
    try {
      const draft = { name: name.trim(), note: note.trim(), geometry };
      const saved = d.zone ? await update(d.zone, draft) : await create(draft);
      d.end();
      useWorkbench.getState().select({ kind: 'zone', code: saved.code });
      say(t('saved', { name: saved.name }));
      setTimeout(() => controller?.frame(saved.bbox), 250);
    } catch (error) {
      if (error instanceof Problem && error.conflict && isZone(error.current)) setTheirs(error.current);
      else setFault(sentence(error));
    } finally {
      setSaving(false);
    }
  }

  const draft = geometry && { name: name.trim(), note: note.trim(), geometry };
  return (
    <>
      <header className={css.head}>
        <h2>{d.zone ? t('editing', { name: d.zone.name }) : t('draw')}</h2>
      </header>
      <div className={css.scroll}>
        <div className={css.section}>
          <div className={own.tools}>
            {(
              [
                ['polygon', 'polygon'],
                ['rectangle', 'rectangle'],
                ['hole', 'hole'],
                ['edit', 'pencil'],
              ] as const
            ).map(([hand, icon]) => (
              <button
                key={hand}
                type="button"
                aria-pressed={d.tool === hand}
                disabled={(hand === 'hole' || hand === 'edit') && !holesPossible}
                onClick={() => d.setTool(hand)}
                data-testid={`tool-${hand}`}
              >
                <Icon name={icon} />
                {t(hand)}
              </button>
            ))}
          </div>
          <p className={own.hint}>{hint}</p>
          <Checkbox checked={d.snapping} onChange={d.setSnapping} testId="snapping">
            <Icon name="magnet" size={14} />
            <span title={t('snappingTip')}>{t('snapping')}</span>
          </Checkbox>
          {d.snapping && zoom < 14 && <p className={own.hint}>{t('hintZoom')}</p>}
        </div>
        <div className={css.section}>
          <h3>{t('totals')}</h3>
          <TotalsView totals={d.faults.length ? null : d.totals} area={d.area || undefined} />
          {d.faults.length > 0 && <Notice tone="bad">{t('crossing')}</Notice>}
          {d.refusal && d.faults.length === 0 && <Notice tone="bad">{d.refusal}</Notice>}
        </div>
        <div className={css.section}>
          <Field label={t('name')}>
            {(id) => (
              <input
                id={id}
                className={ui.input}
                value={name}
                maxLength={120}
                placeholder={t('nameHint')}
                onChange={(e) => setName(e.target.value)}
                onKeyDown={(e) => {
                  if (e.key === 'Enter' && !e.nativeEvent.isComposing) void save();
                  if (e.key === 'Escape') leave();
                }}
                data-testid="zone-name"
              />
            )}
          </Field>
          <Field label={t('note')}>
            {(id) => (
              <textarea
                id={id}
                className={ui.input}
                rows={2}
                value={note}
                onChange={(e) => setNote(e.target.value)}
                data-testid="zone-note"
              />
            )}
          </Field>
          {fault && <Notice tone="bad">{fault}</Notice>}
        </div>
      </div>
      <div className={css.foot}>
        <Button
          tone="primary"
          disabled={saving}
          onClick={() => void save()}
          data-testid="zone-save"
          style={{ flex: 1 }}
        >
          {saving ? t('saving') : t('save')}
        </Button>
        <Button onClick={leave} data-testid="zone-cancel">
          {t('cancel')}
        </Button>
      </div>
      <LiveCard />
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('discardTitle')}
        width={380}
        testId="discard-dialog"
        foot={
          <>
            <Button onClick={() => setAsking(false)}>{t('keepDrawing')}</Button>
            <Button tone="danger" onClick={() => d.end()} data-testid="discard">
              {t('discard')}
            </Button>
          </>
        }
      >
        {t('discardText')}
      </Dialog>
      {theirs && d.zone && draft && (
        <ZoneConflict
          mine={draft}
          theirs={theirs}
          onClose={() => setTheirs(null)}
          onMine={async () => {
            const saved = await update(theirs, draft, theirs.version);
            d.end();
            say(t('saved', { name: saved.name }));
          }}
          onTheirs={() => {
            d.end();
            useWorkbench.getState().select({ kind: 'zone', code: theirs.code });
          }}
          onBoth={async () => {
            const saved = await create({ ...draft, name: t('copyOf', { name: draft.name }) });
            d.end();
            useWorkbench.getState().select({ kind: 'zone', code: saved.code });
            say(t('saved', { name: saved.name }));
          }}
        />
      )}
    </>
  );
}

function isZone(value: unknown): value is Zone {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    'geometry' in value &&
    'version' in value
  );
}
