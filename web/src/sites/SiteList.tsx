// The sites by rank, and what makes proposed facilities of them.
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { boundsOf } from '../api/coverage';
import type { Site, Siting, SitingAnswer } from '../api/nouns';
import { useSession } from '../api/queries';
import { useScenarios } from '../api/scenarios';
import css from '../frame/frame.module.css';
import { useWords } from '../language';
import { count } from '../language/format';
import { useControl } from '../map/control';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Empty, Notice, useSentence } from '../ui/State';
import ui from '../ui/ui.module.css';
import own from './sites.module.css';
import { useProposing } from './useProposing';
import { words } from './words';

export function SiteList({
  siting: s,
  answer: a,
  pointed,
  onPoint,
}: {
  siting: Siting;
  answer: SitingAnswer;
  pointed: number | null;
  onPoint: (index: number | null) => void;
}) {
  const t = useWords(words);
  const session = useSession();
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const open = a.sites.filter((site) => !site.accepted);
  const refused = may(session.data, 'draw.zone') ? null : t('noDraw');
  return (
    <div data-testid="site-list">
      <div className={css.section} style={{ borderBottom: 0, paddingBottom: 6 }}>
        <h3>
          {t('sites')}
          {a.sites.length > 0 && (
            <Button
              small
              tone="ghost"
              icon="locate"
              onClick={() => showAll(a.sites)}
              data-testid="sites-show"
            >
              {t('showAll', { n: count(a.sites.length) })}
            </Button>
          )}
        </h3>
      </div>
      {a.sites.length === 0 && <Empty icon="pin" title={t('noSites')} />}
      {a.sites.map((site, i) => (
        <Row
          key={site.index}
          site={site}
          rank={i + 1}
          pointed={site.index === pointed}
          chosen={chosen.includes(site.index)}
          onPoint={onPoint}
          onChoose={
            site.accepted || refused
              ? null
              : (on) =>
                  setChosen(on ? [...chosen, site.index] : chosen.filter((index) => index !== site.index))
          }
        />
      ))}
      {open.length > 0 && (
        <Accept
          siting={s}
          sites={(chosen.length > 0 ? open.filter((o) => chosen.includes(o.index)) : open).map(
            (o) => o.index,
          )}
          some={chosen.length > 0}
          refused={refused}
          onDone={() => setChosen([])}
        />
      )}
    </div>
  );
}

/** Brings all sites into sight, where they are not. */
export function showAll(sites: readonly Site[]): void {
  const bounds = boundsOf({ type: 'MultiPoint', coordinates: sites.map((s) => s.location) });
  if (bounds) useControl.getState().controller?.lookAt(bounds, sites[0]?.location ?? null);
}

function Row({
  site: s,
  rank,
  pointed,
  chosen,
  onPoint,
  onChoose,
}: {
  site: Site;
  rank: number;
  pointed: boolean;
  chosen: boolean;
  onPoint: (index: number | null) => void;
  onChoose: ((on: boolean) => void) | null;
}) {
  const t = useWords(words);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hovering only shows the site on the map; its controls are inside
    <div
      className={own.site}
      data-testid="site"
      data-pointed={pointed}
      onMouseEnter={() => onPoint(s.index)}
      onMouseLeave={() => onPoint(null)}
    >
      {onChoose ? (
        <input
          type="checkbox"
          checked={chosen}
          aria-label={t('select', { n: rank })}
          onChange={(e) => onChoose(e.target.checked)}
          data-testid="site-choose"
        />
      ) : (
        <span />
      )}
      <b>{rank}</b>
      <button
        type="button"
        onFocus={() => onPoint(s.index)}
        onBlur={() => onPoint(null)}
        onClick={() => useControl.getState().controller?.lookAt(null, s.location)}
      >
        <strong>{s.name || s.code || t(`places.${s.kind}`)}</strong>
        <span>{t('serves', { n: count(s.households), new: count(s.new_households) })}</span>
        <span>
          {t(`places.${s.kind}`)}
          {s.accepted && (
            <em data-testid="site-accepted">
              {' · '}
              {t('accepted')}
            </em>
          )}
        </span>
      </button>
    </div>
  );
}

function Accept({
  siting: s,
  sites,
  some,
  refused,
  onDone,
}: {
  siting: Siting;
  sites: readonly number[];
  some: boolean;
  refused: string | null;
  onDone: () => void;
}) {
  const t = useWords(words);
  const sentence = useSentence();
  const district = useWorkbench((w) => w.district);
  const scenarios = useScenarios(district).data ?? [];
  const target = scenarios.find((x) => (s.request.scenario ? x.code === s.request.scenario : x.main));
  const { accept } = useProposing();
  const [fault, setFault] = useState<string | null>(null);
  const go = useMutation({
    mutationFn: () => accept(s, sites, target?.name ?? ''),
    onSuccess: () => {
      setFault(null);
      onDone();
    },
    onError: (error) => setFault(sentence(error)),
  });
  return (
    <div className={own.accept}>
      {fault && <Notice tone="bad">{fault}</Notice>}
      <Button
        tone="primary"
        wide
        refused={refused}
        disabled={go.isPending || sites.length === 0}
        onClick={() => go.mutate()}
        data-testid="siting-accept"
      >
        {some ? t('acceptSome', { n: sites.length }) : t('acceptAll')}
      </Button>
      {target && <p className={ui.hint}>{t('acceptInto', { name: target.name })}</p>}
    </div>
  );
}
