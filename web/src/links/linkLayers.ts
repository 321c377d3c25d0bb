// How links are drawn: each by whether it counts under the rules of the
// scenario, and why not. The same classes make the layers and the legend.
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { Barrier, Rules } from '../api/nouns';
import type { Palette } from '../map/overlays';

export const classes = ['counts', 'together', 'blocked', 'never', 'far'] as const;
export type LinkClass = (typeof classes)[number];
export const colourOf: Record<LinkClass, (p: Palette) => string> = {
  counts: (p) => p.linkCounts,
  together: (p) => p.linkTogether,
  blocked: (p) => p.linkBlocked,
  never: (p) => p.linkNever,
  far: (p) => p.linkFar,
};
/** Links that do not count are broken lines. */
export const dashOf: Partial<Record<LinkClass, [number, number]>> = {
  blocked: [3, 1.8],
  never: [1.8, 1.1],
  far: [1.5, 2.5],
};
const widths: Record<LinkClass, number> = { counts: 2, together: 3.2, blocked: 1.8, never: 3, far: 1.1 };

/** What the tiles say of a link. */
export interface LinkOfTile {
  gap_m: number;
  walk_m?: number;
  /** Barriers, with spaces between. */
  crossed?: string;
  bridged?: string;
  verdict?: string;
}

const kinds: readonly Barrier[] = ['river', 'railway', 'expressway', 'primary'];

/** Whether a link counts, and if not why; as the service decides it. */
export function classOf(link: LinkOfTile, rules: Rules): LinkClass {
  if (link.verdict === 'together' || link.verdict === 'never') return link.verdict;
  const has = (list: string | undefined, kind: string) => (list ?? '').split(' ').includes(kind);
  for (const kind of kinds) {
    if (!has(link.crossed, kind)) continue;
    const treated = rules.barriers[kind];
    if (treated === 'never' || (treated === 'at_crossing' && !has(link.bridged, kind))) return 'blocked';
  }
  if (!(link.gap_m <= rules.max_gap_m)) return 'far';
  if (rules.max_walk_m !== null && !((link.walk_m ?? Number.POSITIVE_INFINITY) <= rules.max_walk_m))
    return 'far';
  return 'counts';
}

/** The same decision for the map. */
export function classExpression(rules: Rules): ExpressionSpecification {
  const within = (kind: string, list: 'crossed' | 'bridged'): ExpressionSpecification => [
    'in',
    kind,
    ['coalesce', ['get', list], ''],
  ];
  const verdict: ExpressionSpecification = ['coalesce', ['get', 'verdict'], ''];
  const blocked: ExpressionSpecification[] = kinds.flatMap((kind): ExpressionSpecification[] => {
    const crossed = within(kind, 'crossed');
    switch (rules.barriers[kind]) {
      case 'free':
        return [];
      case 'never':
        return [crossed];
      default:
        return [['all', crossed, ['!', within(kind, 'bridged')]]];
    }
  });
  const far: ExpressionSpecification[] = [['>', ['get', 'gap_m'], rules.max_gap_m]];
  if (rules.max_walk_m !== null)
    far.push(['>', ['coalesce', ['get', 'walk_m'], Number.MAX_SAFE_INTEGER], rules.max_walk_m]);
  return [
    'case',
    ['!=', verdict, ''],
    verdict,
    ['any', ...blocked],
    'blocked',
    ['any', ...far],
    'far',
    'counts',
  ];
}

/** From below: what counts lies over what does not, and what a person said over all. */
const drawn: readonly LinkClass[] = ['far', 'blocked', 'counts', 'together', 'never'];

export const layerOf = (link: LinkClass) => `lp-links-${link}`;

export function linkLayers(rules: Rules): (p: Palette) => LayerSpecification[] {
  const is = classExpression(rules);
  return (p) =>
    drawn.map((link): LayerSpecification => {
      const dash = dashOf[link];
      return {
        id: layerOf(link),
        type: 'line',
        source: 'lp-links',
        'source-layer': 'links',
        minzoom: link === 'far' ? 14 : 12,
        filter: ['==', is, link],
        layout: { 'line-cap': dash ? 'butt' : 'round' },
        paint: {
          'line-color': colourOf[link](p),
          'line-width': ['interpolate', ['linear'], ['zoom'], 12, widths[link] / 2, 16, widths[link]],
          ...(dash ? { 'line-dasharray': dash } : {}),
        },
      };
    });
}
