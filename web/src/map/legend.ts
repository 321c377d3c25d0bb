// The legend is read from the style that is on the screen, so it cannot say
// anything else than the map does. It understands the expressions that a map
// style is made of: match, case, step, interpolate, coalesce, by zoom or by a property.
import type { LayerSpecification } from 'maplibre-gl';
import { groups } from './layers';

export interface Swatch {
  shape: 'fill' | 'line' | 'circle';
  colour: string;
  outline?: string;
  /** The property and value that get this colour; null = everything (else). */
  when: { property: string; value: string } | null;
}
export interface LegendEntry {
  group: string;
  layer: string;
  swatches: Swatch[];
}

export function legendOf(
  layers: readonly LayerSpecification[],
  zoom: number,
  hidden: readonly string[],
): LegendEntry[] {
  const entries: LegendEntry[] = [];
  for (const group of groups) {
    if (group.base || hidden.includes(group.name)) continue;
    for (const name of group.layers) {
      const drawn = layers.filter(
        (l) =>
          'source-layer' in l &&
          l['source-layer'] === name &&
          !l.id.startsWith('lp-') &&
          l.layout?.visibility !== 'none' &&
          zoom >= (l.minzoom ?? 0) &&
          zoom < (l.maxzoom ?? 24),
      );
      if (drawn.some((l) => l.type === 'circle')) {
        for (const l of drawn.filter((d) => d.type === 'circle')) {
          entries.push({
            group: group.name,
            layer: l.id.endsWith('-minor') ? `${name}-minor` : name,
            swatches: swatchesOf(l, zoom, undefined),
          });
        }
        continue;
      }
      const main =
        drawn.find((l) => l.type === 'fill' || l.type === 'circle' || l.type === 'fill-extrusion') ??
        drawn.find((l) => l.type === 'line' && l.id.endsWith('-line')) ??
        drawn.find((l) => l.type === 'line');
      if (!main) continue;
      const lines = drawn.filter((l) => l.type === 'line');
      const swatches = swatchesOf(main, zoom, lines.find((l) => l.id.endsWith('-line')) ?? lines.at(-1));
      if (swatches.length) entries.push({ group: group.name, layer: name, swatches });
    }
  }
  return entries;
}

function swatchesOf(
  layer: LayerSpecification,
  zoom: number,
  outline: LayerSpecification | undefined,
): Swatch[] {
  const paint = (layer.paint ?? {}) as Record<string, unknown>;
  const shape = layer.type === 'circle' ? 'circle' : layer.type === 'line' ? 'line' : 'fill';
  const colour = paint[`${layer.type}-color`];
  if (colour === undefined) return [];
  const edges =
    shape === 'circle'
      ? colours(paint['circle-stroke-color'], zoom)
      : outline && shape === 'fill'
        ? colours((outline.paint as Record<string, unknown> | undefined)?.['line-color'], zoom)
        : [];
  const opacity = paint[`${layer.type}-opacity`];
  const all = colours(colour, zoom).map(
    (c): Swatch => ({
      shape,
      colour: withOpacity(c.colour, numberAt(opacity, zoom)),
      outline: (edges.find((e) => same(e.when, c.when)) ?? edges.at(-1))?.colour,
      when: c.when,
    }),
  );
  // The colour for "everything else" only counts where it is a colour of its own.
  const seen = new Set<string>();
  return all.filter((s) => {
    if (s.when === null && all.length > 1 && all.some((o) => o.when !== null && o.colour === s.colour))
      return false;
    const key = `${s.when?.property}=${s.when?.value}|${s.colour}`;
    return !seen.has(key) && seen.add(key);
  });
}

interface Branch {
  colour: string;
  when: Swatch['when'];
}
const same = (a: Swatch['when'], b: Swatch['when']) =>
  a === b || (a !== null && b !== null && a.property === b.property && a.value === b.value);

/** The colours an expression can give at this zoom, each with the value that leads to it. */
export function colours(expression: unknown, zoom: number): Branch[] {
  if (typeof expression === 'string') return [{ colour: expression, when: null }];
  if (!Array.isArray(expression)) return [];
  const [op, ...args] = expression as [unknown, ...unknown[]];
  switch (op) {
    case 'match': {
      const property = propertyOf(args[0]);
      const out: Branch[] = [];
      for (let i = 1; i + 1 < args.length; i += 2) {
        const values = Array.isArray(args[i]) ? (args[i] as unknown[]) : [args[i]];
        for (const c of colours(args[i + 1], zoom))
          for (const value of values)
            out.push({ colour: c.colour, when: { property, value: String(value) } });
      }
      return [...out, ...colours(args.at(-1), zoom)];
    }
    case 'case': {
      const out: Branch[] = [];
      for (let i = 0; i + 1 < args.length; i += 2) {
        const when = conditionOf(args[i]);
        if (when) for (const c of colours(args[i + 1], zoom)) out.push({ colour: c.colour, when });
      }
      return [...out, ...colours(args.at(-1), zoom)];
    }
    case 'step': {
      if (!isZoom(args[0])) {
        const property = propertyOf(args[0]);
        return args.slice(2).flatMap((from, i, rest) =>
          i % 2 === 0
            ? colours(rest[i + 1], zoom).map((c) => ({
                colour: c.colour,
                when: { property, value: `${from}+` },
              }))
            : [],
        );
      }
      let value = args[1];
      for (let i = 2; i + 1 < args.length; i += 2) if (zoom >= Number(args[i])) value = args[i + 1];
      return colours(value, zoom);
    }
    case 'interpolate':
    case 'interpolate-hcl':
    case 'interpolate-lab': {
      const stops = args.slice(2);
      if (!isZoom(args[1])) {
        const property = propertyOf(args[1]);
        return stops.flatMap((s, i) =>
          i % 2 === 0
            ? colours(stops[i + 1], zoom).map((c) => ({
                colour: c.colour,
                when: { property, value: String(s) },
              }))
            : [],
        );
      }
      let value = stops[1];
      for (let i = 0; i + 1 < stops.length; i += 2) if (zoom >= Number(stops[i])) value = stops[i + 1];
      return colours(value, zoom);
    }
    case 'coalesce':
    case 'to-color':
      return colours(args[0], zoom);
    default:
      return [];
  }
}

/** A number that may change with the zoom; whatever else it depends on counts as 1. */
function numberAt(expression: unknown, zoom: number): number {
  if (typeof expression === 'number') return expression;
  if (!Array.isArray(expression) || expression[0] !== 'interpolate' || !isZoom(expression[2])) return 1;
  const stops = expression.slice(3) as unknown[];
  for (let i = 0; i + 1 < stops.length; i += 2) {
    const [z, v] = [Number(stops[i]), Number(stops[i + 1])];
    if (zoom <= z || i + 3 >= stops.length) return Number.isFinite(v) ? v : 1;
    const [z2, v2] = [Number(stops[i + 2]), Number(stops[i + 3])];
    if (zoom < z2) return v + ((v2 - v) * (zoom - z)) / (z2 - z);
  }
  return 1;
}

const isZoom = (e: unknown) => Array.isArray(e) && e[0] === 'zoom';

function propertyOf(expression: unknown): string {
  if (!Array.isArray(expression)) return '';
  if (expression[0] === 'get') return String(expression[1]);
  for (const part of expression.slice(1)) {
    const found = propertyOf(part);
    if (found) return found;
  }
  return '';
}
function conditionOf(expression: unknown): Swatch['when'] {
  if (!Array.isArray(expression) || JSON.stringify(expression).includes('feature-state')) return null;
  if (expression[0] === '==' && !Array.isArray(expression[2])) {
    return { property: propertyOf(expression[1]), value: String(expression[2]) };
  }
  const property = propertyOf(expression);
  return property ? { property, value: 'true' } : null;
}
function withOpacity(colour: string, opacity: number): string {
  return opacity >= 1 ? colour : `color-mix(in srgb, ${colour} ${Math.round(opacity * 100)}%, transparent)`;
}
