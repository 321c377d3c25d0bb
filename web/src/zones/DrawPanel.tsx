// The panel while a zone is drawn: what the tool wants, the parts, the totals, name and note.
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Zone } from '../api/nouns';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { landArea } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Button, IconButton } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { Select } from '../ui/Select';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { Contiguity } from './Contiguity';
import { DrawTool } from './DrawTool';
import { useDrawing } from './drawing';
import { LiveCard } from './LiveCard';
import { SnapSwitch } from './SnapSwitch';
import { areaOf, geometryOf, removeRing } from './sketch';
import { TotalsView } from './TotalsView';
import { useLiveTotals } from './useLiveTotals';
import { useSaveZone } from './useSaveZone';
import { words } from './words';
import { newerZone, ZoneConflict } from './ZoneConflict';
import own from './zones.module.css';

export function DrawPanel() {
  const t = useWords(words);
  const sentence = useSentence();
  const controller = useControl((s) => s.controller);
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
  const end = () => {
    const { zone } = useDrawing.getState();
    useDrawing.getState().end();
    if (zone) useWorkbench.getState().select({ kind: 'zone', code: zone.code });
  };
  const leave = () => {
    if (useDrawing.getState().past.length > 0) setAsking(true);
    else end();
  };
  const latest = useRef({ leave, t });
  latest.current = { leave, t };
  const tool = useMemo(
    () =>
      new DrawTool({
        finished: toName,
        // A first outline wants a name; whoever adds a hole or a part goes on drawing.
        closed: () => {
          const { zone, sketch } = useDrawing.getState();
          if (!zone && sketch.parts.length === 1 && sketch.parts[0]?.length === 1) toName();
        },
        cancelled: () => latest.current.leave(),
        refused: (clash) => say(latest.current.t(`clash.${clash}`), { bad: true }),
      }),
    [],
  );
  useEffect(() => {
    controller?.setTool(tool);
    return () => controller?.setTool(null);
  }, [controller, tool]);
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
  // Chosen by hand is what a painted zone is; a drawn one cannot become it here.
  const rules = memberships.filter((m) => m !== 'by_hand' || d.zone?.membership === 'by_hand');
  const hint = {
    polygon: t('hintPolygon'),
    rectangle: t('hintRectangle'),
    freehand: t('hintFreehand'),
    circle: t('hintCircle'),
    hole: t('hintHole'),
    edit: t('hintEdit'),
  }[d.tool];

  async function save(): Promise<void> {
    if (!geometry) return setFault(t('nothingDrawn'));
    if (d.faults.length) return setFault(t('crossing'));
    if (!name.trim()) {
      toName();
      return setFault(t('nameMissing'));
    }
    setFault(null);
    setSaving(true);
    try {
      const draft = { name: name.trim(), note: note.trim(), geometry, membership: d.membership };
      const saved = d.zone ? await update(d.zone, draft) : await create(draft);
      d.end();
      useWorkbench.getState().select({ kind: 'zone', code: saved.code });
      say(t('saved', { name: saved.name }));
      setTimeout(() => controller?.frame(saved.bbox), 250);
    } catch (error) {
      const newer = newerZone(error);
      if (newer) setTheirs(newer);
      else setFault(sentence(error));
    } finally {
      setSaving(false);
    }
  }

  const draft = geometry && { name: name.trim(), note: note.trim(), geometry, membership: d.membership };
  return (
    <>
      <header className={css.head}>
        <h2>{d.zone ? t('editing', { name: d.zone.name }) : t('draw')}</h2>
      </header>
      <div className={css.scroll}>
        <div className={css.section}>
          <p className={own.hint}>{hint}</p>
          {d.tool === 'circle' && d.sketch.open.length > 0 && (
            <Field label={t('radiusField')}>
              {(id) => (
                <input
                  id={id}
                  className={ui.input}
                  inputMode="decimal"
                  placeholder={t('radiusHint')}
                  onKeyDown={(e) => {
                    const metres = Number(e.currentTarget.value);
                    if (e.key === 'Enter' && metres > 0) tool.closeCircle(metres);
                  }}
                  data-testid="circle-radius"
                />
              )}
            </Field>
          )}
          <SnapSwitch />
        </div>
        <Parts />
        <div className={css.section}>
          <h3>{t('totals')}</h3>
          <TotalsView totals={d.faults.length ? null : d.totals} area={d.area || undefined} />
          <Contiguity totals={d.faults.length ? null : d.totals} />
          {d.faults.length > 0 && <Notice tone="bad">{t('crossing')}</Notice>}
          {d.refusal && d.faults.length === 0 && <Notice tone="bad">{d.refusal}</Notice>}
        </div>
        <div className={css.section}>
          <Field label={t('membership')}>
            {(id) => (
              <Select
                id={id}
                label={t('membership')}
                value={d.membership}
                options={rules.map((rule) => ({ value: rule, label: t(`member.${rule}`) }))}
                onChange={d.setMembership}
                testId="membership"
              />
            )}
          </Field>
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
            <Button tone="danger" onClick={end} data-testid="discard">
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
            const saved = await update(theirs, draft);
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

const memberships = ['majority', 'within', 'touched', 'by_hand'] as const;
const toName = () => document.querySelector<HTMLInputElement>('[data-testid="zone-name"]')?.focus();

/** The parts and their holes, once there is more than one plain outline; each can be taken away. */
function Parts() {
  const t = useWords(words);
  const language = useWorkbench((s) => s.language);
  const sketch = useDrawing((s) => s.sketch);
  const edit = useDrawing((s) => s.edit);
  const { parts } = sketch;
  if (parts.length < 2 && (parts[0]?.length ?? 0) < 2) return null;
  return (
    <div className={css.section} data-testid="parts">
      <h3>{t('partsTitle')}</h3>
      <ul className={own.parts}>
        {parts.map((rings, part) =>
          rings.map((ring, index) => (
            // Parts have no names: their place in the list is what they are.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <li key={`${part}-${index}`} data-hole={index > 0}>
              <span>{index === 0 ? t('partOf', { n: part + 1 }) : t('holeOf', { n: index })}</span>
              <span>{landArea(areaOf(ring), language)}</span>
              <IconButton
                icon="trash"
                small
                label={index === 0 ? t('removePart') : t('removeHole')}
                disabled={index === 0 && parts.length === 1}
                onClick={() => edit(removeRing(sketch, part, index))}
                data-testid={index === 0 ? `remove-part-${part + 1}` : `remove-hole-${part + 1}-${index}`}
              />
            </li>
          )),
        )}
      </ul>
    </div>
  );
}
