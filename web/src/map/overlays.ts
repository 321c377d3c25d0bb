// What the app draws over the style: hover and selection, the coverage run and
// the zone that is being drawn. Every id begins with "lp-".
import type { FeatureCollection } from 'geojson';
import type { ExpressionSpecification, LayerSpecification, SourceSpecification } from 'maplibre-gl';

export interface Palette {
  select: string;
  /** A selected zone keeps the colour of zones and only grows stronger. */
  selectZone: string;
  hover: string;
  halo: string;
  draw: string;
  drawFault: string;
  vertex: string;
  /** Communities that the brush has put in, and taken out. */
  paintIn: string;
  paintOut: string;
  covered: string;
  uncovered: string;
  /** Served by the facility that a standard puts first. */
  spared: string;
  /** Without a way to any facility; hatched where there is no network at all. */
  cutOff: string;
  facility: string;
  /** The way of a link, and what a connection adds. */
  way: string;
  /** Links that count, and those that do not because of a barrier, or for another reason. */
  linkCounts: string;
  linkBlocked: string;
  linkFar: string;
  linkTogether: string;
  linkNever: string;
  string: string;
  /** A zone without a colour of its own, while others have one. */
  untinted: string;
}
// Blue and orange stay apart for every common kind of colour blindness.
export const palettes: Record<'light' | 'dark', Palette> = {
  light: {
    select: '#16202c',
    selectZone: '#d6006c',
    hover: '#0b6e8a',
    halo: '#ffffff',
    draw: '#7b2fbe',
    drawFault: '#c0362c',
    vertex: '#ffffff',
    paintIn: '#7b2fbe',
    paintOut: '#c0362c',
    covered: '#2a7fb8',
    uncovered: '#d9581c',
    spared: '#86bccb',
    cutOff: '#6d4a9c',
    facility: '#12324a',
    way: '#0a5fd6',
    linkCounts: '#0f6470',
    linkBlocked: '#d2520f',
    linkFar: '#8d9196',
    linkTogether: '#0072b2',
    linkNever: '#a3123a',
    string: '#8a2c9c',
    untinted: '#6b7480',
  },
  dark: {
    select: '#ffffff',
    selectZone: '#ff5fae',
    hover: '#7fd3ea',
    halo: '#14181d',
    draw: '#c08cf5',
    drawFault: '#ff7a70',
    vertex: '#14181d',
    paintIn: '#c08cf5',
    paintOut: '#ff7a70',
    covered: '#5aaeea',
    uncovered: '#f08a4b',
    spared: '#3f7488',
    cutOff: '#a98be0',
    facility: '#e7f2fa',
    way: '#6cb2ff',
    linkCounts: '#5fd0c5',
    linkBlocked: '#ff9b57',
    linkFar: '#878d94',
    linkTogether: '#62b5f0',
    linkNever: '#ff7a94',
    string: '#d99be6',
    untinted: '#98a2af',
  },
};

/** The legend shows the colours of communities with it. */
export const TINT_OPACITY = 0.72;
const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };
export const DRAW = 'lp-draw';
export const CIRCLES = 'lp-coverage-circles';
/** The dots of a run's facilities, which stand for the facilities that step back. */
export const FACILITIES = 'lp-coverage-facilities';
/** Numbers of proposed zones, or years of phased ones, where they stand. */
export const LABELS = 'lp-labels';
/** The way of a link, or of a connection. */
export const WAYS = 'lp-ways';

export function overlaySources(
  data: ReadonlyMap<string, FeatureCollection>,
): [string, SourceSpecification][] {
  return [DRAW, CIRCLES, LABELS, WAYS].map((id) => [
    id,
    { type: 'geojson', data: data.get(id) ?? EMPTY, tolerance: 0 },
  ]);
}

/** How a zone is drawn while something colours zones (the years of a phasing). */
export interface ZonePaint {
  colour: string;
  /** Opacity of the ground, 0 to 1. */
  fill: number;
  /** Width of the outline in pixels. */
  line: number;
}
/** In the place of the style's own zones; what nobody has given a colour is grey. */
export function zoneTintLayers(p: Palette, source: string): LayerSpecification[] {
  const colour: ExpressionSpecification = ['to-color', ['feature-state', 'colour'], p.untinted];
  const common = { source, 'source-layer': 'zones' } as const;
  return [
    {
      id: 'lp-zone-tint',
      type: 'fill',
      ...common,
      layout: { visibility: 'none' },
      paint: { 'fill-color': colour, 'fill-opacity': ['number', ['feature-state', 'fill'], 0.06] },
    },
    {
      id: 'lp-zone-tint-halo',
      type: 'line',
      ...common,
      layout: { visibility: 'none', 'line-join': 'round' },
      paint: {
        'line-color': p.halo,
        'line-width': ['+', ['number', ['feature-state', 'line'], 1], 2.5],
        'line-opacity': 0.8,
      },
    },
    {
      id: 'lp-zone-tint-line',
      type: 'line',
      ...common,
      layout: { visibility: 'none', 'line-join': 'round' },
      paint: { 'line-color': colour, 'line-width': ['number', ['feature-state', 'line'], 1] },
    },
  ];
}

/** Communities under the brush, by their feature state `shade`; see MapController.shade. */
export function paintLayers(p: Palette, sourceOf: ReadonlyMap<string, string>): LayerSpecification[] {
  const shade: ExpressionSpecification = ['coalesce', ['feature-state', 'shade'], 0];
  const by = <V extends string | number>(none: V, inside: V, put: V, out: V): ExpressionSpecification => [
    'match',
    shade,
    1,
    inside,
    2,
    put,
    3,
    out,
    none,
  ];
  const colour = by<string>('rgba(0,0,0,0)', p.selectZone, p.paintIn, p.paintOut);
  const layers: LayerSpecification[] = [];
  const areas = sourceOf.get('communities');
  if (areas)
    layers.push(
      {
        id: 'lp-paint-fill',
        type: 'fill',
        source: areas,
        'source-layer': 'communities',
        paint: { 'fill-color': colour, 'fill-opacity': by(0, 0.34, 0.5, 0.16) },
      },
      {
        id: 'lp-paint-line',
        type: 'line',
        source: areas,
        'source-layer': 'communities',
        layout: { 'line-join': 'round' },
        paint: { 'line-color': colour, 'line-width': by(0, 1.6, 2.2, 2.2), 'line-opacity': by(0, 1, 1, 1) },
      },
    );
  const points = sourceOf.get('community_points');
  if (points)
    layers.push({
      id: 'lp-paint-points',
      type: 'circle',
      source: points,
      'source-layer': 'community_points',
      filter: ['!', ['has', 'has_area']],
      paint: {
        'circle-radius': by(0, 8, 8, 8),
        'circle-color': colour,
        'circle-opacity': by(0, 0.5, 0.7, 0.2),
        'circle-stroke-color': colour,
        'circle-stroke-width': by(0, 2, 2, 2),
      },
    });
  return layers;
}

const state = (name: string): ExpressionSpecification => ['boolean', ['feature-state', name], false];

export function overlayLayers(p: Palette, sourceOf: ReadonlyMap<string, string>): LayerSpecification[] {
  const layers: LayerSpecification[] = [
    {
      id: 'lp-coverage-circles',
      type: 'fill',
      source: CIRCLES,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': p.covered, 'fill-opacity': 0.07 },
    },
    {
      id: 'lp-coverage-circle-lines',
      type: 'line',
      source: CIRCLES,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'line-color': p.covered, 'line-width': 1.2, 'line-dasharray': [3, 2], 'line-opacity': 0.8 },
    },
    {
      id: FACILITIES,
      type: 'circle',
      source: CIRCLES,
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 4.5,
        'circle-color': p.facility,
        'circle-stroke-color': p.halo,
        'circle-stroke-width': 1.5,
      },
    },
  ];
  for (const layer of ['zones', 'communities', 'buildings']) {
    const source = sourceOf.get(layer);
    if (!source) continue;
    const wide = layer === 'buildings' ? 2 : 3;
    // Every outline is laid out and drawn for its mark, seen or not: buildings only where one is looked at.
    const minzoom = layer === 'buildings' ? 14 : 0;
    layers.push(
      {
        id: `lp-halo-${layer}`,
        type: 'line',
        source,
        'source-layer': layer,
        minzoom,
        layout: { 'line-join': 'round' },
        paint: {
          'line-color': p.halo,
          'line-width': ['case', state('selected'), wide + 3, 0],
          'line-opacity': ['case', state('selected'), 0.85, 0],
        },
      },
      {
        id: `lp-mark-${layer}`,
        type: 'line',
        source,
        'source-layer': layer,
        minzoom,
        layout: { 'line-join': 'round' },
        paint: {
          'line-color': ['case', state('selected'), layer === 'zones' ? p.selectZone : p.select, p.hover],
          'line-width': ['case', state('selected'), wide, state('hover'), wide - 0.5, 0],
          'line-opacity': ['case', state('selected'), 1, state('hover'), 0.95, 0],
        },
      },
    );
  }
  for (const layer of ['community_points', 'facilities']) {
    const source = sourceOf.get(layer);
    if (!source) continue;
    layers.push({
      id: `lp-mark-${layer}`,
      type: 'circle',
      source,
      'source-layer': layer,
      // Where the outline is drawn, it carries the mark.
      ...(layer === 'community_points'
        ? { filter: ['any', ['!', ['has', 'has_area']], ['<', ['zoom'], 11]] as ExpressionSpecification }
        : {}),
      paint: {
        'circle-radius': ['case', state('selected'), 9, state('hover'), 8, 0],
        'circle-color': 'rgba(0,0,0,0)',
        'circle-stroke-color': ['case', state('selected'), p.select, p.hover],
        'circle-stroke-width': ['case', state('selected'), 2.5, state('hover'), 2, 0],
      },
    });
  }
  // Communities that something colours: a proposal, a comparison.
  const tint: ExpressionSpecification = ['to-color', ['feature-state', 'tint'], 'rgba(0,0,0,0)'];
  const tinted: ExpressionSpecification = ['!=', ['coalesce', ['feature-state', 'tint'], ''], ''];
  const areas = sourceOf.get('communities');
  if (areas)
    layers.unshift(
      {
        id: 'lp-tint',
        type: 'fill',
        source: areas,
        'source-layer': 'communities',
        paint: { 'fill-color': tint, 'fill-opacity': ['case', tinted, TINT_OPACITY, 0] },
      },
      {
        id: 'lp-tint-lines',
        type: 'line',
        source: areas,
        'source-layer': 'communities',
        paint: { 'line-color': tint, 'line-width': ['case', tinted, 1.6, 0] },
      },
    );
  const points = sourceOf.get('community_points');
  if (points)
    layers.push({
      id: 'lp-tint-points',
      type: 'circle',
      source: points,
      'source-layer': 'community_points',
      // Where the outline is drawn, it carries the colour.
      filter: ['any', ['!', ['has', 'has_area']], ['<', ['zoom'], 11]],
      paint: {
        'circle-color': tint,
        'circle-radius': ['case', tinted, 4, 0],
        'circle-stroke-color': p.halo,
        'circle-stroke-width': ['case', tinted, 1, 0],
      },
    });
  layers.push(
    {
      id: 'lp-ways-halo',
      type: 'line',
      source: WAYS,
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': p.halo, 'line-width': 7, 'line-opacity': 0.85 },
    },
    {
      id: 'lp-ways',
      type: 'line',
      source: WAYS,
      filter: ['!', ['boolean', ['get', 'straight'], false]],
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': p.way, 'line-width': 3.6 },
    },
    {
      id: 'lp-ways-straight',
      type: 'line',
      source: WAYS,
      filter: ['boolean', ['get', 'straight'], false],
      paint: { 'line-color': p.way, 'line-width': 2.2, 'line-dasharray': [2, 1.6] },
    },
  );
  layers.push({
    id: 'lp-labels',
    type: 'symbol',
    source: LABELS,
    layout: {
      'text-field': ['get', 'text'],
      'text-size': 14,
      'text-allow-overlap': true,
    },
    paint: { 'text-color': ['get', 'colour'], 'text-halo-color': p.halo, 'text-halo-width': 2.2 },
  });
  const draw = (role: string): ExpressionSpecification => ['==', ['get', 'role'], role];
  const colour: ExpressionSpecification = ['case', ['boolean', ['get', 'fault'], false], p.drawFault, p.draw];
  layers.push(
    {
      id: 'lp-draw-fill',
      type: 'fill',
      source: DRAW,
      filter: draw('area'),
      paint: { 'fill-color': colour, 'fill-opacity': 0.16 },
    },
    {
      id: 'lp-draw-line',
      type: 'line',
      source: DRAW,
      filter: draw('ring'),
      layout: { 'line-join': 'round' },
      paint: { 'line-color': colour, 'line-width': 2.2 },
    },
    {
      id: 'lp-draw-before',
      type: 'line',
      source: DRAW,
      filter: draw('before'),
      layout: { 'line-join': 'round' },
      paint: { 'line-color': p.selectZone, 'line-width': 2.5, 'line-opacity': 0.75 },
    },
    {
      id: 'lp-draw-rubber',
      type: 'line',
      source: DRAW,
      filter: draw('rubber'),
      paint: { 'line-color': colour, 'line-width': 1.6, 'line-dasharray': [2, 2] },
    },
    {
      id: 'lp-draw-middle',
      type: 'circle',
      source: DRAW,
      filter: draw('middle'),
      paint: { 'circle-radius': 3, 'circle-color': p.draw, 'circle-opacity': 0.55 },
    },
    {
      id: 'lp-draw-vertex',
      type: 'circle',
      source: DRAW,
      filter: draw('vertex'),
      paint: {
        'circle-radius': ['case', ['boolean', ['get', 'active'], false], 6, 4.2],
        'circle-color': p.vertex,
        'circle-stroke-color': colour,
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'lp-draw-snap',
      type: 'circle',
      source: DRAW,
      filter: draw('snap'),
      paint: {
        'circle-radius': 7,
        'circle-color': 'rgba(0,0,0,0)',
        'circle-stroke-color': p.select,
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'lp-draw-fault',
      type: 'circle',
      source: DRAW,
      filter: draw('fault'),
      paint: {
        'circle-radius': 7,
        'circle-color': 'rgba(0,0,0,0)',
        'circle-stroke-color': p.drawFault,
        'circle-stroke-width': 2.5,
      },
    },
  );
  return layers;
}
