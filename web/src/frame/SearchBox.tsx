import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import * as api from '../api/endpoints';
import type { Hit } from '../api/nouns';
import { useZones } from '../api/queries';
import { useWords } from '../language';
import { coordinate } from '../language/format';
import { useControl } from '../map/control';
import { kinds, parseCoordinate } from '../state/address';
import { useWorkbench } from '../state/workbench';
import { Icon, type IconName } from '../ui/icons';
import css from './frame.module.css';
import { words } from './words';

const icons: Record<string, IconName> = {
  community: 'home',
  building: 'building',
  facility: 'pin',
  zone: 'zones',
  place: 'locate',
  coordinate: 'locate',
};

/** One box for everything that has a name or a place. */
export function SearchBox() {
  const t = useWords(words);
  const id = useId();
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const district = useWorkbench((s) => s.district);
  const select = useWorkbench((s) => s.select);
  const controller = useControl((s) => s.controller);

  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), 160);
    return () => clearTimeout(timer);
  }, [text]);
  const place = parseCoordinate(asked);
  const found = useQuery({
    queryKey: ['district', district, 'search', asked],
    queryFn: ({ signal }) => api.search(district, asked, signal),
    enabled: asked.length > 0 && !place && !!district,
    placeholderData: (before) => before,
  });
  // Zones are few and already known; the server searches everything else.
  const zones = useZones(district);
  const zoneHits: Hit[] = (zones.data ?? [])
    .filter((z) => asked && z.name.toLowerCase().includes(asked.toLowerCase()))
    .slice(0, 5)
    .map((z) => ({ kind: 'zone', code: z.code, name: z.name, detail: '', location: null, bbox: z.bbox }));
  const hits: Hit[] = place
    ? [
        {
          kind: 'coordinate',
          code: '',
          name: t('goTo'),
          detail: coordinate(place),
          location: place,
          bbox: null,
        },
      ]
    : asked
      ? [...zoneHits, ...(found.data ?? [])]
      : [];

  const choose = (hit: Hit | undefined) => {
    if (!hit) return;
    setOpen(false);
    input.current?.blur();
    controller?.lookAt(hit.bbox, hit.location);
    const kind = kinds.find((k) => k === hit.kind);
    if (kind) select({ kind, code: hit.code });
  };
  const showing = open && asked.length > 0;
  return (
    <div className={css.search}>
      <Icon name="search" />
      <input
        ref={input}
        data-search
        data-testid="search"
        type="search"
        role="combobox"
        aria-expanded={showing}
        aria-controls={`${id}-list`}
        aria-activedescendant={showing && hits[active] ? `${id}-${active}` : undefined}
        aria-label={t('search')}
        autoComplete="off"
        spellCheck={false}
        placeholder={t('searchHint')}
        value={text}
        onChange={(e) => {
          setText(e.target.value);
          setActive(0);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={(e) => {
          if (e.key === 'ArrowDown') setActive((a) => Math.min(a + 1, hits.length - 1));
          else if (e.key === 'ArrowUp') setActive((a) => Math.max(a - 1, 0));
          else if (e.key === 'Enter') choose(hits[active]);
          else if (e.key === 'Escape') {
            if (text) setText('');
            else input.current?.blur();
          } else return;
          e.preventDefault();
        }}
      />
      <kbd className={css.searchKey}>/</kbd>
      {showing && (
        <div className={css.hits} id={`${id}-list`} role="listbox" data-testid="search-hits">
          {hits.map((hit, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the input owns the keyboard (combobox pattern)
            <div
              key={`${hit.kind}-${hit.code}-${hit.name}-${i.toString()}`}
              id={`${id}-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === active}
              className={css.hit}
              onMouseDown={(e) => e.preventDefault()}
              onMouseEnter={() => setActive(i)}
              onClick={() => choose(hit)}
              data-testid="search-hit"
            >
              <Icon name={icons[hit.kind] ?? 'pin'} />
              <span className={css.hitName}>{hit.name}</span>
              <span className={css.hitDetail}>
                {hit.kind === 'road' || hit.kind === 'place' ? '' : hit.detail}
              </span>
              {hit.kind !== 'coordinate' && (
                <span className={css.hitKind}>
                  {`kind.${hit.kind}` in words ? t(`kind.${hit.kind}` as keyof typeof words) : hit.kind}
                </span>
              )}
            </div>
          ))}
          {hits.length === 0 && !found.isFetching && (
            <div className={css.noHit}>
              <strong>{t('searchNothing', { q: asked })}</strong>
              {t('searchTry')}
            </div>
          )}
          {hits.length === 0 && found.isFetching && <div className={css.noHit}>…</div>}
        </div>
      )}
    </div>
  );
}
