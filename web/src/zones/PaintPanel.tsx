// The panel while communities are painted in and out of a zone.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import * as api from '../api/endpoints';
import type { Edit, Zone } from '../api/nouns';
import { keys } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { BrushTool } from './BrushTool';
import { Contiguity } from './Contiguity';
import { PaintCard } from './LiveCard';
import { BRUSH, difference, usePainting } from './painting';
import { TotalsView } from './TotalsView';
import { useEdits } from './useEdits';
import { usePaintTotals } from './useLiveTotals';
import { useSaveZone } from './useSaveZone';
import { words } from './words';
import { newerZone, ZoneConflict } from './ZoneConflict';
import own from './zones.module.css';

export function PaintPanel() {
  const t = useWords(words);
  const sentence = useSentence();
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const hidden = useWorkbench((s) => s.hidden.includes('communities'));
  const controller = useControl((s) => s.controller);
  const zone = usePainting((s) => s.zone);
  const dirty = usePainting((s) => s.past.length > 0);
  const { make } = useEdits();
  const { create } = useSaveZone();
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const [saving, setSaving] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const [theirs, setTheirs] = useState<Zone | null>(null);
  usePaintTotals();

  const end = () => {
    usePainting.getState().end();
    if (zone) useWorkbench.getState().select({ kind: 'zone', code: zone.code });
  };
  const leave = () => (usePainting.getState().past.length > 0 ? setAsking(true) : end());
  const done = (saved: Zone) => {
    usePainting.getState().end();
    useWorkbench.getState().select({ kind: 'zone', code: saved.code });
    setTimeout(() => controller?.frame(saved.bbox), 250);
  };

  const paint = (target: Zone) =>
    make({
      label: t('paintStep', { name: target.name }),
      act: () => api.paintZone(district, target, difference(usePainting.getState())),
    });
  const tell = (edit: Edit, target: Zone) => {
    const others = edit.zones.filter((z) => z.code !== target.code).map((z) => z.name);
    const gave = others.length ? t('paintTook', { names: others.join('、') }) : '';
    say(t('saved', { name: target.name }) + gave);
  };
  async function save(): Promise<void> {
    const s = usePainting.getState();
    if (saving || !s.base) return;
    if (s.chosen.size === 0) return setFault(t('nothingPainted'));
    const { add, remove } = difference(s);
    if (zone && add.length + remove.length === 0) return end();
    if (!zone && !name.trim()) {
      document.querySelector<HTMLInputElement>('[data-testid="zone-name"]')?.focus();
      return setFault(t('nameMissing'));
    }
    setFault(null);
    setSaving(true);
    try {
      if (zone) {
        const edit = await paint(zone);
        tell(edit, zone);
        done(edit.zones.find((z) => z.code === zone.code) ?? zone);
      } else {
        const saved = await create({ name: name.trim(), note: note.trim(), communities: [...s.chosen] });
        say(t('saved', { name: saved.name }));
        done(saved);
      }
    } catch (error) {
      const newer = newerZone(error);
      if (newer) setTheirs(newer);
      else setFault(sentence(error));
    } finally {
      setSaving(false);
    }
  }

  const latest = useRef({ save, leave, sentence });
  latest.current = { save, leave, sentence };
  const tool = useMemo(
    () =>
      new BrushTool({
        finished: () => void latest.current.save(),
        cancelled: () => latest.current.leave(),
      }),
    [],
  );
  useEffect(() => {
    controller?.setTool(tool);
    return () => controller?.setTool(null);
  }, [controller, tool]);
  const code = zone?.code ?? null;
  const bounds = zone?.bbox ?? null;
  useEffect(() => {
    if (!code) return;
    let gone = false;
    client
      .fetchQuery({
        queryKey: [...keys.zones(district), 'communities', code],
        queryFn: () => api.zoneCommunities(district, code),
      })
      .then(
        (members) => !gone && usePainting.getState().loaded(members),
        (error: unknown) => !gone && setFault(latest.current.sentence(error)),
      );
    const timer = setTimeout(() => bounds && controller?.frame(bounds), 120);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [client, district, code, bounds, controller]);
  useEffect(() => {
    if (!dirty) return;
    const warn = (e: BeforeUnloadEvent) => e.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [dirty]);

  return (
    <>
      <header className={css.head}>
        <h2>{zone ? t('painting', { name: zone.name }) : t('paintNew')}</h2>
      </header>
      <div className={css.scroll}>
        <div className={css.section}>
          <p className={own.hint}>{t('hintBrush')}</p>
          {hidden && <Notice tone="warn">{t('communitiesHidden')}</Notice>}
          <Radius />
        </div>
        <Counted />
        <Changes />
        {!zone && (
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
                />
              )}
            </Field>
          </div>
        )}
        {fault && (
          <div className={css.section}>
            <Notice tone="bad">{fault}</Notice>
          </div>
        )}
      </div>
      <div className={css.foot}>
        <Button
          tone="primary"
          disabled={saving}
          onClick={() => void save()}
          data-testid="paint-save"
          style={{ flex: 1 }}
        >
          {saving ? t('saving') : t('done')}
        </Button>
        <Button onClick={leave} data-testid="paint-cancel">
          {t('cancel')}
        </Button>
      </div>
      <PaintCard />
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('discardPaintTitle')}
        width={380}
        testId="discard-dialog"
        foot={
          <>
            <Button onClick={() => setAsking(false)}>{t('keepPainting')}</Button>
            <Button tone="danger" onClick={end} data-testid="discard">
              {t('discard')}
            </Button>
          </>
        }
      >
        {t('discardPaintText')}
      </Dialog>
      {theirs && zone && (
        <ZoneConflict
          mine={{ name: zone.name, note: zone.note, geometry: zone.geometry, change: inWords(t) }}
          theirs={theirs}
          onClose={() => setTheirs(null)}
          onMine={async () => {
            const edit = await paint(theirs);
            tell(edit, theirs);
            done(edit.zones.find((z) => z.code === theirs.code) ?? theirs);
          }}
          onTheirs={() => {
            usePainting.getState().end();
            useWorkbench.getState().select({ kind: 'zone', code: theirs.code });
          }}
          onBoth={async () => {
            const communities = [...usePainting.getState().chosen];
            done(await create({ name: t('copyOf', { name: zone.name }), note: zone.note, communities }));
          }}
        />
      )}
    </>
  );
}

/** The change of the brush as a sentence: who comes, who goes. */
function inWords(t: ReturnType<typeof useWords<typeof words>>): string {
  const s = usePainting.getState();
  const { add, remove } = difference(s);
  const list = (codes: string[]) => {
    const named = codes.slice(0, 4).map((code) => s.names.get(code) ?? code);
    return named.join('、') + (codes.length > named.length ? ` … (${codes.length})` : '');
  };
  return [
    add.length && t('comesIn', { names: list(add) }),
    remove.length && t('goesOut', { names: list(remove) }),
  ]
    .filter(Boolean)
    .join('；');
}

function Radius() {
  const t = useWords(words);
  const radius = usePainting((s) => s.radius);
  return (
    <Field label={t('brushRadius', { px: radius })}>
      {(id) => (
        <input
          id={id}
          type="range"
          className={own.range}
          min={BRUSH.least}
          max={BRUSH.most}
          value={radius}
          onChange={(e) => usePainting.getState().setRadius(Number(e.target.value))}
          data-testid="brush-radius"
        />
      )}
    </Field>
  );
}

function Counted() {
  const t = useWords(words);
  const totals = usePainting((s) => s.totals);
  const refusal = usePainting((s) => s.refusal);
  return (
    <div className={css.section}>
      <h3>{t('totals')}</h3>
      <TotalsView totals={totals} />
      <Contiguity totals={totals} />
      {refusal && <Notice tone="bad">{refusal}</Notice>}
    </div>
  );
}

/** What saving would change, by name; long lists are cut. */
function Changes() {
  const t = useWords(words);
  const base = usePainting((s) => s.base);
  const chosen = usePainting((s) => s.chosen);
  const names = usePainting((s) => s.names);
  const { add, remove } = useMemo(() => difference({ base, chosen }), [base, chosen]);
  const list = (codes: string[], title: string, testId: string) =>
    codes.length > 0 && (
      <p className={own.changes} data-testid={testId}>
        <strong>{title}</strong>{' '}
        {codes
          .slice(0, 12)
          .map((code) => names.get(code) ?? code)
          .join('、')}
        {codes.length > 12 && ' …'}
      </p>
    );
  return (
    <div className={css.section} data-testid="changes">
      <h3>{t('changes')}</h3>
      {add.length + remove.length === 0 && <p className={own.hint}>{t('noChanges')}</p>}
      {list(add, t('added', { n: add.length }), 'painted-in')}
      {list(remove, t('removed', { n: remove.length }), 'painted-out')}
    </div>
  );
}
