// One file per ticked zone, in a format that is remembered: one click from then on.
import { useState } from 'react';
import * as api from '../api/endpoints';
import { CrsPicker } from '../crs/CrsPicker';
import { isCrs } from '../crs/crs';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { Button } from '../ui/Button';
import { Segments } from '../ui/Field';
import { Notice, useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import ui from '../ui/ui.module.css';
import { saveFile } from './download';
import { asksOf, fileFormats, fileParameters, rememberedFile, rememberFile } from './files';
import { encodings, papers } from './order';
import type { OfZones } from './PackageForm';
import own from './plans.module.css';
import { words } from './words';
import { ZonePicker } from './ZonePicker';

export function FileForm({ district, zones, ticked, onTick, refused }: OfZones) {
  const t = useWords(words);
  const sentence = useSentence();
  const [choice, setChoice] = useState(() => rememberedFile(district.code, `EPSG:${district.gk_srid}`));
  const [busy, setBusy] = useState(0);
  const [fault, setFault] = useState<string | null>(null);
  const chosen = zones.filter((z) => ticked.includes(z.code));
  const set = (change: Partial<typeof choice>) => {
    const next = { ...choice, ...change };
    setChoice(next);
    rememberFile(district.code, next);
  };
  const asks = asksOf(choice.format);
  const reason =
    refused ?? (chosen.length === 0 ? t('choose') : asks.crs && !isCrs(choice.crs) ? t('fault.crs') : null);

  const run = async () => {
    setFault(null);
    try {
      for (const [i, z] of chosen.entries()) {
        setBusy(i + 1);
        await saveFile(
          api.exportAddress(district.code, z.code, fileParameters(choice)),
          `${z.name}.${choice.format}`,
        );
      }
      say(t('done', { n: chosen.length }));
    } catch (error) {
      setFault(sentence(error));
    } finally {
      setBusy(0);
    }
  };

  return (
    <>
      <div className={css.scroll}>
        <ZonePicker zones={zones} ticked={ticked} onTick={onTick} />
        <div className={css.section}>
          <h3>{t('format')}</h3>
          <div className={own.formats}>
            {fileFormats.map((f) => (
              <label key={f} className={own.format}>
                <input
                  type="radio"
                  name="format"
                  checked={choice.format === f}
                  onChange={() => set({ format: f })}
                  data-testid={`format-${f}`}
                />
                <strong>{t(`file.${f}`)}</strong>
              </label>
            ))}
          </div>
          <p className={ui.hint}>{t(`file.${choice.format}Text`)}</p>
          {asks.crs && (
            <CrsPicker value={choice.crs} own={district.gk_srid} onChange={(crs) => set({ crs })} />
          )}
          {asks.paper && (
            <Segments
              label={t('paper')}
              value={choice.paper}
              options={papers.map((p) => ({ value: p, label: p }))}
              onChange={(paper) => set({ paper })}
              testId="file-paper"
            />
          )}
          {asks.encoding && (
            <div className={ui.field}>
              <span className={ui.label}>{t('encodingShort')}</span>
              <Segments
                label={t('encodingShort')}
                value={choice.encoding}
                options={encodings.map((e) => ({ value: e, label: t(`encoding.${e}`) }))}
                onChange={(encoding) => set({ encoding })}
                testId="file-encoding"
              />
            </div>
          )}
          <p className={ui.hint}>{t('note')}</p>
        </div>
      </div>
      <div className={css.foot} style={{ display: 'grid' }}>
        {fault && <Notice tone="bad">{fault}</Notice>}
        <Button
          tone="primary"
          wide
          icon="download"
          refused={reason}
          disabled={busy > 0}
          onClick={() => void run()}
          data-testid="export"
        >
          {busy > 0
            ? t('exporting', { n: busy, all: chosen.length })
            : chosen.length > 0
              ? t('export', { n: chosen.length })
              : t('exportOne')}
        </Button>
      </div>
    </>
  );
}
