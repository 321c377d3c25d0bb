// Colours of years: a sequence from early to late that keeps its order for
// every common kind of colour blindness (viridis), cut where it would vanish on
// the ground of the theme.
import type { ZonePaint } from '../map/overlays';
import type { Theme } from '../state/workbench';

// Nine stops of viridis by Smith and van der Walt (matplotlib, CC0).
const viridis = [
  '#440154',
  '#472d7b',
  '#3b528b',
  '#2c728e',
  '#21918c',
  '#28ae80',
  '#5ec962',
  '#addc30',
  '#fde725',
] as const;
const span: Record<Theme, readonly [from: number, to: number]> = { light: [0, 0.86], dark: [0.3, 1] };
export const unplanned: Record<Theme, string> = { light: '#6b7480', dark: '#98a2af' };

/** A colour for each year, in their order. */
export function coloursOf(years: readonly number[], theme: Theme): Map<number, string> {
  const [from, to] = span[theme];
  return new Map(
    years.map((year, i) => [year, sample(from + ((to - from) * i) / Math.max(1, years.length - 1))]),
  );
}

function sample(t: number): string {
  const x = Math.min(1, Math.max(0, t)) * (viridis.length - 1);
  const i = Math.min(viridis.length - 2, Math.floor(x));
  const [a, b] = [channels(viridis[i] ?? '#000000'), channels(viridis[i + 1] ?? '#000000')];
  const mixed = a.map((v, k) => Math.round(v + ((b[k] ?? v) - v) * (x - i)));
  return `#${mixed.map((v) => v.toString(16).padStart(2, '0')).join('')}`;
}
export const channels = (hex: string): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/** What a year is to the one that the map shows. */
export type Tense = 'all' | 'past' | 'now' | 'later' | 'none';
export const tenseOf = (year: number | null, shown: number | null): Tense =>
  year === null ? 'none' : shown === null ? 'all' : year < shown ? 'past' : year === shown ? 'now' : 'later';

/** How zones of a year are drawn. What is later is hardly there, what is done steps back. */
export function paintOf(
  year: number | null,
  shown: number | null,
  colours: ReadonlyMap<number, string>,
  theme: Theme,
): ZonePaint {
  const colour = (year === null ? undefined : colours.get(year)) ?? unplanned[theme];
  switch (tenseOf(year, shown)) {
    case 'all':
      return { colour, fill: 0.62, line: 1.6 };
    case 'past':
      return { colour, fill: 0.42, line: 1.2 };
    case 'now':
      return { colour, fill: 0.74, line: 3 };
    case 'later':
      return { colour: unplanned[theme], fill: 0, line: 0.6 };
    case 'none':
      return shown === null
        ? { colour: unplanned[theme], fill: 0.1, line: 1.2 }
        : { colour: unplanned[theme], fill: 0, line: 0.6 };
  }
}
/** The paint as a colour that a legend can show. */
export const swatchOf = (p: ZonePaint): string =>
  `color-mix(in srgb, ${p.colour} ${Math.round(p.fill * 100)}%, transparent)`;
