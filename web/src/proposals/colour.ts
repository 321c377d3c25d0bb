// Colours of proposed zones: eight that stay apart for common kinds of colour
// blindness, given so that zones near each other differ.
import type { FeatureCollection } from 'geojson';
import type { ProposalZone } from '../api/nouns';

export const colours = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#8a6fd1',
  '#b8a100',
] as const;

/** The colour of each zone, in the order given. */
export function coloursOf(zones: readonly Pick<ProposalZone, 'center'>[]): string[] {
  const NEAR = 7; // as many as there are other colours
  const given: number[] = [];
  for (const [i, zone] of zones.entries()) {
    const near = zones
      .slice(0, i)
      .map((other, j) => ({ j, d: distance(zone.center, other.center) }))
      .sort((a, b) => a.d - b.d)
      .slice(0, NEAR);
    // The farther away a colour was last used, the better.
    let best = 0;
    let bestDistance = -1;
    for (const c of colours.keys()) {
      const d = near.find((n) => given[n.j] === c)?.d ?? Number.POSITIVE_INFINITY;
      if (d > bestDistance) {
        bestDistance = d;
        best = c;
      }
    }
    given.push(best);
  }
  return given.map((c) => colours[c] ?? colours[0]);
}

function distance(a: readonly number[], b: readonly number[]): number {
  const x = ((a[0] ?? 0) - (b[0] ?? 0)) * Math.cos(((a[1] ?? 0) * Math.PI) / 180);
  return Math.hypot(x, (a[1] ?? 0) - (b[1] ?? 0));
}

/** The colour of each community that is in a zone. */
export function tintOf(
  zones: readonly Pick<ProposalZone, 'communities'>[],
  shades: readonly string[],
): Map<string, string> {
  return new Map(zones.flatMap((z, i) => z.communities.map((code) => [code, shades[i] ?? ''] as const)));
}

/** The number of each zone, at its centre. */
export function numbersOf(
  zones: readonly Pick<ProposalZone, 'index' | 'center'>[],
  colour: string,
): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: zones.map((z) => ({
      type: 'Feature',
      properties: { text: String(z.index), colour },
      geometry: { type: 'Point', coordinates: z.center },
    })),
  };
}
