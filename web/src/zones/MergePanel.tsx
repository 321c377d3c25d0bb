// The panel while zones are picked to become one.
import { useEffect, useMemo, useRef, useState } from 'react';
import * as api from '../api/endpoints';
import type { Zone } from '../api/nouns';
import { useZones } from '../api/queries';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count } from '../language/format';
import { useControl } from '../map/control';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Checkbox, Field } from '../ui/Field';
import { Failure, Notice, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { MergeTool } from './MergeTool';
import { useMerging } from './merging';
import { useEdits } from './useEdits';
import { words } from './words';
import { newerZone, ZoneConflict } from './ZoneConflict';
import own from './zones.module.css';

export function MergePanel() {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const controller = useControl((s) => s.controller);
  const zones = useZones(district);
  const codes = useMerging((s) => s.codes);
  const [naming, setNaming] = useState(false);
  const picked = codes.flatMap((code) => zones.data?.find((z) => z.code === code) ?? []);
  const enough = picked.length >= 2;

  const end = () => {
    const [first] = useMerging.getState().codes;
    useMerging.getState().end();
    if (first && codes.length === 1) useWorkbench.getState().select({ kind: 'zone', code: first });
  };
  const latest = useRef({ end, enough });
  latest.current = { end, enough };
  const tool = useMemo(
    () =>
      new MergeTool({
        finished: () => setNaming(latest.current.enough),
        cancelled: () => latest.current.end(),
      }),
    [],
  );
  useEffect(() => {
    controller?.setTool(tool);
    return () => controller?.setTool(null);
  }, [controller, tool]);

  return (
    <>
      <header className={css.head}>
        <h2>{t('tool.merge')}</h2>
        <span className={ui.hint}>{t('picked', { n: picked.length })}</span>
      </header>
      <div className={css.section}>
        <p className={own.hint}>{t('hintMerge')}</p>
      </div>
      <div className={css.scroll} data-testid="merge-list">
        {zones.isPending ? (
          <Waiting />
        ) : zones.isError ? (
          <Failure error={zones.error} retry={() => void zones.refetch()} />
        ) : (
          zones.data.map((z) => (
            <div key={z.code} className={own.pick}>
              <Checkbox
                checked={codes.includes(z.code)}
                onChange={() => useMerging.getState().toggle(z.code)}
                testId={`merge-${z.code}`}
              >
                <span className={own.pickName}>{z.name}</span>
              </Checkbox>
              <span>
                {t('communities')} {count(z.totals.communities)} · {t('households')}{' '}
                {count(z.totals.households)}
              </span>
            </div>
          ))
        )}
      </div>
      <div className={css.foot}>
        <Button
          tone="primary"
          refused={enough ? null : t('pickTwo')}
          onClick={() => setNaming(true)}
          data-testid="merge-go"
          style={{ flex: 1 }}
        >
          {t('mergeGo')}
        </Button>
        <Button onClick={end} data-testid="merge-cancel">
          {t('cancel')}
        </Button>
      </div>
      {naming && enough && <Naming picked={picked} onClose={() => setNaming(false)} />}
    </>
  );
}

/** Asks for the name of the merged zone and merges. */
function Naming({ picked, onClose }: { picked: readonly Zone[]; onClose: () => void }) {
  const t = useWords(words);
  const sentence = useSentence();
  const district = useWorkbench((s) => s.district);
  const { make } = useEdits();
  const [name, setName] = useState(picked[0]?.name ?? '');
  const [saving, setSaving] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [theirs, setTheirs] = useState<Zone | null>(null);
  const note = picked.map((z) => z.note).find(Boolean) ?? '';

  const merge = async (zones: readonly Zone[]) => {
    const edit = await make({
      label: t('mergeStep', { name: name.trim() }),
      removes: zones.slice(1).map((z) => z.code),
      act: () => api.mergeZones(district, zones, name.trim(), note),
    });
    useMerging.getState().end();
    const [merged] = edit.zones;
    if (!merged) return;
    useWorkbench.getState().select({ kind: 'zone', code: merged.code });
    say(t('mergeDone', { n: zones.length, name: merged.name }));
    setTimeout(() => useControl.getState().controller?.frame(merged.bbox), 250);
  };
  async function save(): Promise<void> {
    if (saving) return;
    if (!name.trim()) return setFault(t('nameMissing'));
    setSaving(true);
    setFault(null);
    try {
      await merge(picked);
    } catch (error) {
      const now = newerZone(error);
      if (now) setTheirs(now);
      else setFault(sentence(error));
    } finally {
      setSaving(false);
    }
  }
  const mine = picked.find((z) => z.code === theirs?.code);
  if (theirs && mine)
    return (
      <ZoneConflict
        mine={{ ...mine, change: t('mergeOf', { names: picked.map((z) => z.name).join('、') }) }}
        theirs={theirs}
        onClose={onClose}
        onMine={() => merge(picked.map((z) => (z.code === theirs.code ? theirs : z)))}
        onTheirs={() => {
          useMerging.getState().end();
          useWorkbench.getState().select({ kind: 'zone', code: theirs.code });
        }}
      />
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('mergeTitle', { n: picked.length })}
      width={400}
      testId="merge-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button tone="primary" disabled={saving} onClick={() => void save()} data-testid="merge-confirm">
            {saving ? t('saving') : t('merge')}
          </Button>
        </>
      }
    >
      <p className={own.hint}>{picked.map((z) => z.name).join('、')}</p>
      <Field label={t('name')} fault={fault}>
        {(id) => (
          <input
            id={id}
            className={ui.input}
            value={name}
            maxLength={120}
            onChange={(e) => setName(e.target.value)}
            onKeyDown={(e) => {
              if (e.key === 'Enter' && !e.nativeEvent.isComposing) void save();
            }}
            data-testid="merge-name"
          />
        )}
      </Field>
      {theirs && <Notice tone="bad">{t('conflictText', { version: theirs.version })}</Notice>}
    </Dialog>
  );
}
