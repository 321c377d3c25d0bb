// The coordinate system that a file is to have: the district's own zone first,
// then degrees, any other zone, and a zone of a town's own.
import { useState } from 'react';
import { useWords } from '../language';
import { Checkbox, Field } from '../ui/Field';
import { Select } from '../ui/Select';
import ui from '../ui/ui.module.css';
import { customCode, degrees, GEOGRAPHIC, meridians, type Zone, zoneCode, zoneFault, zoneOf } from './crs';
import css from './crs.module.css';
import { words } from './words';

export function CrsPicker({
  value,
  own,
  onChange,
}: {
  value: string;
  /** EPSG code of the district's zone. */
  own: number;
  onChange: (value: string) => void;
}) {
  const t = useWords(words);
  const ownCode = `EPSG:${own}`;
  const zone = zoneOf(ownCode);
  const numbered = zone && zoneCode(zone.meridian, true);
  const common: string[] = [ownCode, ...(numbered ? [numbered] : []), ...GEOGRAPHIC];
  const kind = common.includes(value) ? value : value.startsWith('gk:') ? 'custom' : 'zone';
  const here = zoneOf(value) ?? zone ?? { meridian: 108, falseEasting: 500_000, prefix: 0 };
  const choose = (next: string) => {
    if (next === 'custom') onChange(customCode({ ...here, prefix: 0 }));
    // The neighbour to the east stands for the others until one is chosen.
    else if (next === 'zone') onChange(zoneCode(Math.min(here.meridian + 3, 135), false) ?? ownCode);
    else onChange(next);
  };
  return (
    <div className={css.picker}>
      <Field label={t('label')}>
        {(id) => (
          <Select
            id={id}
            label={t('label')}
            value={kind}
            onChange={choose}
            testId="crs"
            options={[
              {
                value: ownCode,
                label: zone ? t('own', { cm: degrees(zone.meridian) }) : ownCode,
                detail: zone ? ownCode : undefined,
              },
              ...(numbered && zone
                ? [
                    {
                      value: numbered,
                      label: t('ownNumbered', { n: zone.meridian / 3 }),
                      detail: numbered,
                    },
                  ]
                : []),
              ...GEOGRAPHIC.map((code) => ({ value: code as string, label: t(code), detail: code })),
              { value: 'zone', label: t('zone'), detail: 'EPSG:4513–4554' },
              { value: 'custom', label: t('custom'), detail: t('customDetail') },
            ]}
          />
        )}
      </Field>
      {kind === 'zone' && (
        <div className={css.row}>
          <Field label={t('meridian')}>
            {(id) => (
              <Select
                id={id}
                label={t('meridian')}
                value={String(here.meridian)}
                onChange={(m) => onChange(zoneCode(Number(m), here.prefix > 0) ?? value)}
                testId="crs-meridian"
                options={meridians.map((m) => ({
                  value: String(m),
                  label: `${degrees(m)}E`,
                  detail: zoneCode(m, here.prefix > 0) ?? '',
                }))}
              />
            )}
          </Field>
          <Checkbox
            checked={here.prefix > 0}
            onChange={(on) => onChange(zoneCode(here.meridian, on) ?? value)}
            testId="crs-numbered"
          >
            {t('numbered')}
          </Checkbox>
        </div>
      )}
      {kind === 'custom' && <CustomZone zone={here} onChange={(z) => onChange(customCode(z))} />}
    </div>
  );
}

function CustomZone({ zone, onChange }: { zone: Zone; onChange: (zone: Zone) => void }) {
  const t = useWords(words);
  // What is being typed may be no number for a moment.
  const [typed, setTyped] = useState({
    meridian: String(zone.meridian),
    falseEasting: String(zone.falseEasting),
    prefix: String(zone.prefix),
  });
  const fault = zoneFault({
    meridian: number(typed.meridian),
    falseEasting: number(typed.falseEasting),
    prefix: number(typed.prefix),
  });
  const set = (key: keyof Zone, text: string) => {
    const next = { ...typed, [key]: text };
    setTyped(next);
    onChange({
      meridian: number(next.meridian),
      falseEasting: number(next.falseEasting),
      prefix: number(next.prefix),
    });
  };
  const field = (key: keyof Zone, label: string, wrong: boolean) => (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          className={ui.input}
          inputMode="decimal"
          value={typed[key]}
          aria-invalid={wrong}
          onChange={(e) => set(key, e.target.value)}
          data-testid={`crs-${key}`}
        />
      )}
    </Field>
  );
  return (
    <>
      <div className={css.three}>
        {field('meridian', t('meridian'), fault === 'meridian')}
        {field('falseEasting', t('easting'), fault === 'easting')}
        {field('prefix', t('prefix'), fault === 'prefix')}
      </div>
      {fault && <span className={ui.fault}>{t(`fault.${fault}`)}</span>}
    </>
  );
}

/** 107.5, 107°30′ and 107°30'00" are the same. */
function number(text: string): number {
  const parts =
    /^(\d+(?:\.\d+)?)\s*[°度]\s*(?:(\d+(?:\.\d+)?)\s*[′'分])?\s*(?:(\d+(?:\.\d+)?)\s*[″"秒])?[Ee东]?$/.exec(
      text.trim(),
    );
  if (parts) return Number(parts[1]) + Number(parts[2] ?? 0) / 60 + Number(parts[3] ?? 0) / 3600;
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** What people call a coordinate system. */
export function useCrsName(): (code: string) => string {
  const t = useWords(words);
  return (code) => {
    if (code === 'EPSG:4490' || code === 'EPSG:4326') return t(code);
    const zone = zoneOf(code);
    if (!zone) return code;
    return zone.prefix > 0
      ? t('zoneNumbered', { n: zone.prefix })
      : t('zoneName', { cm: degrees(zone.meridian) });
  };
}
