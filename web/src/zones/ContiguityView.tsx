// Whether a zone is contiguous, what would make it so, and what holds it together.
import { useEffect, useState } from 'react';
import { stringsAddress, useContiguity, useStrings } from '../api/links';
import type { Contiguity, Zone } from '../api/nouns';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count, metres } from '../language/format';
import { useControl } from '../map/control';
import { palettes } from '../map/overlays';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Failure, Notice, Waiting } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './contiguity.module.css';
import { words } from './contiguityWords';
import { Join } from './Join';

export default function ContiguityView({ zone: z }: { zone: Zone }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const contiguity = useContiguity(district, z.code);
  return (
    <div className={css.section} data-testid="zone-contiguity">
      <h3>{t('title')}</h3>
      {contiguity.isPending ? (
        <Waiting rows={2} />
      ) : contiguity.isError ? (
        <Failure error={contiguity.error} retry={() => void contiguity.refetch()} />
      ) : (
        <>
          <Verdict of={contiguity.data} />
          <Parts of={contiguity.data} />
          {contiguity.data.connection && <Join zone={z} by={contiguity.data.connection} />}
          <Hinges of={contiguity.data} />
          <Measures of={contiguity.data} />
        </>
      )}
      <Strings zone={z} />
    </div>
  );
}

type Of = { of: Contiguity };

function Verdict({ of: c }: Of) {
  const t = useWords(words);
  return (
    <div className={own.verdict}>
      <span
        className={`${ui.badge} ${c.contiguous ? ui.okTone : ui.warnTone}`}
        data-testid="contiguity-verdict"
        data-parts={c.parts.length}
      >
        {c.parts.length === 0
          ? t('nothing')
          : c.contiguous
            ? t('contiguous')
            : t('parts', { n: c.parts.length })}
      </span>
      {c.contiguous && c.links.length > 0 && (
        <span className={ui.hint}>{t('certificate', { n: c.links.length })}</span>
      )}
      {c.stale > 0 && <span className={ui.hint}>{t('stale')}</span>}
      {c.without_place.length > 0 && (
        <Notice tone="warn">
          {t('withoutPlace', { names: c.without_place.map((n) => n.name).join('、') })}
        </Notice>
      )}
    </div>
  );
}

/** Smallest first; the one under the pointer is coloured on the map. */
function Parts({ of: c }: Of) {
  const t = useWords(words);
  const colour = palettes[useWorkbench((s) => s.theme)].select;
  const tint = (part: Contiguity['parts'][number] | null) =>
    useControl
      .getState()
      .controller?.setTint(new Map(part?.communities.map((m) => [m.code, colour]) ?? []), 'part');
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when it goes
  useEffect(() => () => tint(null), []);
  if (c.contiguous) return null;
  return (
    <div>
      {c.parts.map((p) => (
        <button
          key={p.communities[0]?.code ?? p.bbox.join()}
          type="button"
          className={own.part}
          title={t('zoom')}
          onMouseEnter={() => tint(p)}
          onMouseLeave={() => tint(null)}
          onFocus={() => tint(p)}
          onBlur={() => tint(null)}
          onClick={() => useControl.getState().controller?.lookAt(p.bbox, null)}
          data-testid="contiguity-part"
        >
          <span>
            {p.communities
              .slice(0, 3)
              .map((m) => m.name)
              .join('、')}
            {p.communities.length + p.others > 3 &&
              ` ${t('andMore', { n: p.communities.length + p.others })}`}
          </span>
          <span>{t('households', { n: count(p.households) })}</span>
        </button>
      ))}
    </div>
  );
}

function Hinges({ of: c }: Of) {
  const t = useWords(words);
  const { select, hover } = useWorkbench.getState();
  if (c.articulations.length === 0) return null;
  return (
    <div className={own.hinges} data-testid="contiguity-hinges">
      <span className={ui.hint}>{t('hinges')}</span>
      {c.articulations.slice(0, 12).map((a) => (
        <button
          key={a.code}
          type="button"
          className={own.hinge}
          title={t('fallsInto', { n: a.falls_into })}
          onMouseEnter={() => hover({ kind: 'community', code: a.code })}
          onMouseLeave={() => hover(null)}
          onClick={() => select({ kind: 'community', code: a.code })}
        >
          {a.name}
        </button>
      ))}
      {c.articulations.length > 12 && <span className={ui.hint}>+{c.articulations.length - 12}</span>}
    </div>
  );
}

function Measures({ of: c }: Of) {
  const t = useWords(words);
  if (!c.compactness) return null;
  const two = (v: number) => v.toFixed(2);
  return (
    <p className={ui.hint} title={t('compactnessTip')}>
      {t('compactness', {
        pp: two(c.compactness.polsby_popper),
        reock: two(c.compactness.reock),
        hull: two(c.compactness.hull_ratio),
        cut: c.cut_links,
      })}
    </p>
  );
}

/** The streets that tie the zone's communities together. */
function Strings({ zone: z }: { zone: Zone }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const strings = useStrings(district, z.code);
  const [all, setAll] = useState(false);
  if (!strings.data || strings.data.features.length === 0) return null;
  const byName = new Map<string, number>();
  for (const f of strings.data.features)
    byName.set(f.properties.name, (byName.get(f.properties.name) ?? 0) + f.properties.length_m);
  const list = [...byName].sort((a, b) => b[1] - a[1]);
  return (
    <div className={own.strings} data-testid="zone-strings">
      <h4>
        {t('strings')} <span className={ui.hint}>{metres(strings.data.total_m)}</span>
      </h4>
      {(all ? list : list.slice(0, 5)).map(([name, m]) => (
        <div key={name} className={own.string}>
          <span>{name || t('unnamed')}</span>
          <span>{metres(m)}</span>
        </div>
      ))}
      <div className={own.stringTools}>
        {!all && list.length > 5 && (
          <Button small tone="ghost" onClick={() => setAll(true)}>
            {t('andMore', { n: list.length })}
          </Button>
        )}
        <a className={ui.hint} href={stringsAddress(district, z.code, 'geojson')} download>
          GeoJSON
        </a>
        <a
          className={ui.hint}
          href={stringsAddress(district, z.code, 'csv')}
          download
          data-testid="strings-csv"
        >
          CSV
        </a>
      </div>
    </div>
  );
}
