import { useState } from 'react';
import * as api from '../api/endpoints';
import type { Zone } from '../api/nouns';
import { useSession, useZones } from '../api/queries';
import { valueFrom } from '../api/request';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, landArea } from '../language/format';
import { useControl } from '../map/control';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Empty, Failure, Notice, useSentence, Waiting } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import own from './plans.module.css';
import { words } from './words';

type Format = 'xlsx' | 'geojson';

export default function PlansPanel() {
  const t = useWords(words);
  const sentence = useSentence();
  const { district, language, selection, select, hover, setMode } = useWorkbench();
  const session = useSession();
  const zones = useZones(district);
  const [ticked, setTicked] = useState<readonly string[]>(() =>
    selection?.kind === 'zone' ? [selection.code] : [],
  );
  const [format, setFormat] = useState<Format>('xlsx');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const refused = may(session.data, 'export') ? null : t('noRight');
  const list = zones.data ?? [];
  const chosen = list.filter((z) => ticked.includes(z.code));

  const run = async () => {
    if (chosen.length === 0) return setFault(t('choose'));
    setBusy(true);
    setFault(null);
    try {
      for (const z of chosen) await download(district, z, format);
      say(t('done', { n: chosen.length }));
    } catch (error) {
      setFault(sentence(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <header className={css.head}>
        <h2>{t('title')}</h2>
      </header>
      {zones.isPending ? (
        <Waiting />
      ) : zones.isError ? (
        <Failure error={zones.error} retry={() => void zones.refetch()} />
      ) : list.length === 0 ? (
        <Empty
          icon="plans"
          title={t('emptyTitle')}
          action={<Button onClick={() => setMode('zones')}>{t('toZones')}</Button>}
        >
          {t('emptyText')}
        </Empty>
      ) : (
        <>
          <div className={css.scroll}>
            <div className={css.section}>
              <p className={ui.hint}>{t('intro')}</p>
              <h3>
                {t('zones')}
                <Button
                  small
                  tone="ghost"
                  onClick={() => setTicked(ticked.length === list.length ? [] : list.map((z) => z.code))}
                  data-testid="tick-all"
                >
                  {ticked.length === list.length ? t('none') : t('all')}
                </Button>
              </h3>
              <div className={own.zones}>
                {list.map((z) => (
                  // biome-ignore lint/a11y/noStaticElementInteractions: hovering only shows the zone on the map; its controls are inside
                  <div
                    key={z.code}
                    className={own.zone}
                    onMouseEnter={() => hover({ kind: 'zone', code: z.code })}
                    onMouseLeave={() => hover(null)}
                    aria-current={selection?.code === z.code}
                  >
                    <input
                      type="checkbox"
                      checked={ticked.includes(z.code)}
                      aria-label={z.name}
                      onChange={(e) =>
                        setTicked(e.target.checked ? [...ticked, z.code] : ticked.filter((c) => c !== z.code))
                      }
                      data-testid="plan-zone"
                    />
                    <button
                      type="button"
                      onClick={() => {
                        select({ kind: 'zone', code: z.code });
                        useControl.getState().controller?.lookAt(z.bbox, null);
                      }}
                    >
                      <strong>{z.name}</strong>
                      <span>
                        {landArea(z.totals.area_m2, language)} ·{' '}
                        {t('communities', { n: count(z.totals.communities) })} ·{' '}
                        {t('households', { n: count(z.totals.households) })}
                      </span>
                    </button>
                  </div>
                ))}
              </div>
            </div>
            <div className={css.section}>
              <h3>{t('format')}</h3>
              <div className={own.formats}>
                {(['xlsx', 'geojson'] as const).map((f) => (
                  <label key={f} className={own.format}>
                    <input
                      type="radio"
                      name="format"
                      checked={format === f}
                      onChange={() => setFormat(f)}
                      data-testid={`format-${f}`}
                    />
                    <span>
                      <strong>{t(f)}</strong>
                      <span>{t(`${f}Text`)}</span>
                    </span>
                  </label>
                ))}
              </div>
              <p className={ui.hint}>{t('note')}</p>
            </div>
          </div>
          <div className={css.foot} style={{ display: 'grid' }}>
            {fault && <Notice tone="bad">{fault}</Notice>}
            <Button
              tone="primary"
              wide
              icon="download"
              refused={refused}
              disabled={busy}
              onClick={() => void run()}
              data-testid="export"
            >
              {busy ? t('exporting') : chosen.length > 0 ? t('export', { n: chosen.length }) : t('exportOne')}
            </Button>
          </div>
        </>
      )}
    </>
  );
}

/** Fetches first, so that a refusal is a sentence here and not a file full of JSON. */
async function download(district: string, zone: Zone, format: Format): Promise<void> {
  const response = await fetch(api.exportAddress(district, zone.code, format));
  if (!response.ok) await valueFrom(response);
  const name = fileName(response.headers.get('Content-Disposition')) ?? `${zone.name}.${format}`;
  const url = URL.createObjectURL(await response.blob());
  const a = document.createElement('a');
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The name in a Content-Disposition, RFC 5987 form first. */
export function fileName(header: string | null): string | null {
  if (!header) return null;
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(header)?.[1];
  if (extended) {
    try {
      return decodeURIComponent(extended);
    } catch {
      return null;
    }
  }
  return /filename="?([^";]+)"?/i.exec(header)?.[1] ?? null;
}
