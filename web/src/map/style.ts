// What is made of the service's style before the map gets it.
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { ofScenario } from './scenario';

/** Gives every vector source its feature ids (the code), and addresses that a worker can fetch. */
export function prepare(style: StyleSpecification, scenario: string | null): StyleSpecification {
  const sources: StyleSpecification['sources'] = {};
  for (const [id, source] of Object.entries(style.sources)) {
    if (source.type !== 'vector') {
      sources[id] = source;
      continue;
    }
    const here = (u: string) => ofScenario(u.startsWith('/') ? location.origin + u : u, scenario);
    sources[id] = {
      ...source,
      ...(source.url ? { url: here(source.url) } : {}),
      ...(source.tiles ? { tiles: source.tiles.map(here) } : {}),
      promoteId: source.promoteId ?? 'code',
    };
  }
  return { ...style, sources };
}

export function withoutDetail(style: StyleSpecification): StyleSpecification {
  const hide = (l: LayerSpecification) =>
    ({ ...l, layout: { ...l.layout, visibility: 'none' } }) as LayerSpecification;
  return { ...style, layers: style.layers.map((l) => (isDetail(l) ? hide(l) : l)) };
}

/** Layers that can wait until the first map is on the screen. */
export function isDetail(l: LayerSpecification): boolean {
  return (
    ('source-layer' in l && l['source-layer'] === 'buildings') ||
    l.type === 'symbol' ||
    l.type === 'circle' ||
    (l.type === 'line' && l.paint?.['line-dasharray'] !== undefined)
  );
}
