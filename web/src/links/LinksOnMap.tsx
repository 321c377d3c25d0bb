// The links of the district on the map, while they are switched on: lines by
// whether they count under the rules of the scenario, with a card at the pointer.
import type { Map as MapLibre } from 'maplibre-gl';
import { useEffect, useState } from 'react';
import { tilesAddress } from '../api/endpoints';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { extraSource } from '../map/Extras';
import { endsOf } from '../map/link';
import { MapTip } from '../map/MapTip';
import { palettes } from '../map/overlays';
import { useScenario } from '../scenarios/useScenario';
import { same, useWorkbench } from '../state/workbench';
import {
  classes,
  classOf,
  colourOf,
  dashOf,
  type LinkClass,
  type LinkOfTile,
  linkLayers,
} from './linkLayers';
import own from './links.module.css';
import { gapOf, walkOf } from './said';
import { words } from './words';

export function LinksOnMap() {
  const t = useWords(words);
  const controller = useControl((s) => s.controller);
  const district = useWorkbench((s) => s.district);
  const theme = useWorkbench((s) => s.theme);
  const rules = useScenario()?.rules;
  // The scenario is fetched anew with every change; the lines only follow its rules.
  const known = rules && JSON.stringify(rules);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `known` stands for the rules
  useEffect(() => {
    if (!controller || !rules) return;
    controller.setExtra('links', {
      tiles: tilesAddress(district, 'links'),
      minzoom: 12,
      maxzoom: 17,
      layers: linkLayers(rules),
    });
    return () => controller.setExtra('links', null);
  }, [controller, district, known]);
  useEffect(() => {
    const p = palettes[theme];
    useControl.getState().setNote('links', {
      title: t('links'),
      rows: classes.map((link) => ({
        label: t(`class.${link}`),
        shape: dashOf[link] ? 'dashed' : 'line',
        colours: [colourOf[link](p)],
      })),
    });
    return () => useControl.getState().setNote('links', null);
  }, [t, theme]);
  return rules ? <Card rules={rules} /> : null;
}

/** What the tiles say of the link between two communities. */
function linkBetween(map: MapLibre, a: string, b: string): LinkOfTile | null {
  const source = extraSource('links');
  if (!map.getSource(source)) return null;
  const [found] = map.querySourceFeatures(source, {
    sourceLayer: 'links',
    filter: ['all', ['==', ['get', 'a'], a], ['==', ['get', 'b'], b]],
  });
  return (found?.properties as LinkOfTile | undefined) ?? null;
}

function Card({ rules }: { rules: Parameters<typeof classOf>[1] }) {
  const t = useWords(words);
  const code = useWorkbench((s) =>
    s.hovered?.kind === 'link' && !same(s.hovered, s.selection) ? s.hovered.code : null,
  );
  const controller = useControl((s) => s.controller);
  const [link, setLink] = useState<LinkOfTile | null>(null);
  useEffect(() => {
    const ends = code ? endsOf(code) : null;
    setLink(ends && controller ? linkBetween(controller.map, ends.a, ends.b) : null);
  }, [code, controller]);
  if (!link) return null;
  const kind: LinkClass = classOf(link, rules);
  const crossed = (link.crossed ?? '').split(' ').filter(Boolean);
  const bridged = (link.bridged ?? '').split(' ');
  return (
    <MapTip testId="link-card">
      <strong>{t(`class.${kind}`)}</strong>
      <span className={own.facts}>
        {gapOf(link.gap_m, t)} · {walkOf(link.walk_m, t)}
      </span>
      {crossed.map((barrier) => (
        <span key={barrier} className={own.facts}>
          {t(bridged.includes(barrier) ? 'crossesBridged' : 'crosses', {
            what: t(barrier as 'river' | 'railway' | 'expressway' | 'primary'),
          })}
        </span>
      ))}
      <span className={own.quiet}>{t('clickForMore')}</span>
    </MapTip>
  );
}
