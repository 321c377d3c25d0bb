// The map, outside React: one object that is told what to show and that tells
// what the person pointed at. It never reads the store and never asks the API
// for anything but tiles.
import {
  type ExpressionSpecification,
  type FilterSpecification,
  type GeoJSONSource,
  type LayerSpecification,
  Map as MapLibre,
  type MapMouseEvent,
  type PointLike,
  type StyleSpecification,
  setWorkerUrl,
  type VectorTileSource,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { FeatureCollection } from 'geojson';
import type { Bounds, Position } from '../api/nouns';
import { type Kind, kinds, type Mode, type Place, type Selection } from '../state/address';
import { CoverageOnMap, type RunShown } from './CoverageOnMap';
import { Drawn, type DrawnLayers } from './Drawn';
import { type Extra, Extras } from './Extras';
import { Freshness } from './Freshness';
import { groups, kindOf, layersOf, pickOrder, touchedBy } from './layers';
import { linkCode } from './link';
import {
  overlayLayers,
  overlaySources,
  type Palette,
  paintLayers,
  palettes,
  type ZonePaint,
  zoneTintLayers,
} from './overlays';
import { Screen } from './Screen';
import { dependsOnScenario, ofScenario } from './scenario';

setWorkerUrl(workerUrl);

/** The dots of a run's facilities, which stand for the facilities that step back. */
const FACILITIES = 'lp-coverage-facilities';
const STILL = 4; // px; a press that moves less is a click

export interface Hooks {
  moved: (place: Place) => void;
  pointed: (position: Position | null) => void;
  hovered: (selection: Selection | null, name: string) => void;
  selected: (selection: Selection | null) => void;
  /** The style is on the screen (again) or changed: the legend should be read again. */
  styled: () => void;
  firstMap: () => void;
}

/** A tool that takes the pointer from the map while it is at work (drawing). */
export interface Tool {
  attach: (controller: MapController) => void;
  detach: () => void;
}

export class MapController {
  readonly map: MapLibre;
  readonly screen: Screen;
  private hooks: Hooks;
  private mode: Mode = 'registry';
  private scenario: string | null = null;
  private hidden: readonly string[] = [];
  private selection: Selection | null = null;
  private hover: Selection | null = null;
  private filter: FilterSpecification | null = null;
  private edited: string | null = null;
  private originalFilters = new Map<string, FilterSpecification | undefined>();
  private readonly coverage: CoverageOnMap;
  private tool: Tool | null = null;
  private gather: ((code: string) => void) | null = null;
  private gathered: readonly string[] = [];
  private painting = false;
  private communitySources: { source: string; sourceLayer: string }[] | null = null;
  private data = new Map<string, FeatureCollection>();
  private tints = new Map<string, ReadonlyMap<string, string>>();
  private readonly extras: Extras;
  private readonly drawn: Drawn;
  private readonly freshness: Freshness;
  private zoneTint: ReadonlyMap<string, ZonePaint> | null = null;
  private palette: Palette;
  private ready = false;
  /**
   * Buildings, names, dots, dashes and marks are drawn once the first map is on the screen:
   * their glyphs and shaders would hold it up.
   */
  private detailed = false;
  private gone = false;
  private hoverFrame = 0;

  constructor(
    container: HTMLElement,
    style: StyleSpecification,
    theme: 'light' | 'dark',
    view: { place: Place | null; bounds: Bounds | null; scenario?: string | null },
    hooks: Hooks,
  ) {
    this.hooks = hooks;
    this.scenario = view.scenario ?? null;
    this.palette = palettes[theme];
    this.map = new MapLibre({
      container,
      style: withoutDetail(prepare(style, view.scenario ?? null)),
      ...(view.place
        ? { center: [view.place.lng, view.place.lat], zoom: view.place.zoom }
        : view.bounds
          ? { bounds: view.bounds, fitBoundsOptions: { padding: 32 } }
          : {}),
      minZoom: 3,
      maxZoom: 21,
      attributionControl: false,
      dragRotate: false,
      // A hand that trembles while it clicks with Shift draws no box.
      boxZoom: {
        boxZoomEnd: (map, from, to) => {
          if (from.dist(to) < STILL) this.onShiftClick(to);
          else map.fitScreenCoordinates(from, to, map.getBearing(), { linear: true });
        },
      },
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 120,
      refreshExpiredTiles: false,
      localIdeographFontFamily:
        '"Noto Sans SC","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif',
    });
    this.screen = new Screen(this.map);
    this.coverage = new CoverageOnMap(this.map);
    this.extras = new Extras(this.map);
    this.drawn = new Drawn(this.map);
    this.freshness = new Freshness(this.map);
    this.map.touchZoomRotate.disableRotation();
    this.map.on('style.load', () => this.dress());
    this.map.on('load', () => this.report());
    this.map.on('moveend', () => this.report());
    this.map.on('mousemove', (e) => this.onPointer(e));
    this.map.on('mouseout', () => {
      this.hooks.pointed(null);
      if (!this.tool) this.hooks.hovered(null, '');
    });
    this.map.on('click', (e) => this.onClick(e));
    this.map.on('boxzoomcancel', ({ originalEvent: e }) => {
      if (!(e instanceof MouseEvent)) return;
      const box = this.map.getCanvasContainer().getBoundingClientRect();
      this.onShiftClick({ x: e.clientX - box.left, y: e.clientY - box.top });
    });
    const first = () => {
      if (!this.map.areTilesLoaded()) return;
      this.map.off('render', first);
      this.hooks.firstMap();
      requestAnimationFrame(() => {
        this.detailed = true;
        if (this.gone) return;
        this.dress();
      });
    };
    this.map.on('render', first);
    this.map.on('error', (e) => {
      // A tile that could not be had: the offline banner tells the person; the console keeps the detail.
      console.warn('map:', e.error?.message ?? e);
    });
  }

  destroy(): void {
    this.setTool(null);
    cancelAnimationFrame(this.hoverFrame);
    this.gone = true;
    this.map.remove();
  }

  // ---- what to show

  setStyle(style: StyleSpecification, theme: 'light' | 'dark'): void {
    this.ready = false;
    this.palette = palettes[theme];
    this.originalFilters.clear();
    this.screen.forget();
    this.communitySources = null;
    this.map.setStyle(prepare(style, this.scenario), { diff: false });
  }
  setMode(mode: Mode): void {
    this.mode = mode;
  }
  /** Zones, their names and strings come from this scenario (null = the main one). */
  setScenario(scenario: string | null): void {
    if (scenario === this.scenario) return;
    this.scenario = scenario;
    for (const [id, source] of Object.entries(this.map.getStyle()?.sources ?? {})) {
      if (source.type !== 'vector' || !source.tiles?.some(dependsOnScenario)) continue;
      (this.map.getSource(id) as VectorTileSource).setTiles(source.tiles.map((t) => ofScenario(t, scenario)));
    }
  }
  setHidden(hidden: readonly string[]): void {
    this.hidden = hidden;
    this.applyHidden();
  }
  setSelection(selection: Selection | null): void {
    this.mark(this.selection, 'selected', false);
    this.selection = selection;
    this.mark(selection, 'selected', true);
  }
  setHover(hover: Selection | null): void {
    this.mark(this.hover, 'hover', false);
    this.hover = hover;
    this.mark(hover, 'hover', true);
  }
  /** Shows only the communities that the filter lets through (null = all), so that map and table agree. */
  setCommunityFilter(filter: FilterSpecification | null): void {
    this.filter = filter;
    this.applyFilter();
  }
  /** The zone that is being edited is drawn by the tool alone. */
  setEdited(code: string | null): void {
    this.edited = code;
    this.applyFilter();
  }
  setCoverage(run: RunShown | null): void {
    this.coverage.set(run);
    this.applyCoverage();
  }
  /** What a what-if makes of the run's buildings, by the ids of their features: covered or not. */
  setTried(tried: ReadonlyMap<number, boolean>): void {
    this.coverage.setTried(tried);
  }
  /**
   * Colours communities by their codes; those that `by` coloured before lose its colour. Under a
   * plan (proposed zones) the colours of the style step back.
   */
  setTint(tint: ReadonlyMap<string, string>, by = 'plan'): void {
    const before = this.tint();
    this.tints.set(by, tint);
    this.repaint(before, this.tint());
    if (by === 'plan') this.applyHidden();
  }
  private tint(): ReadonlyMap<string, string> {
    return new Map([...this.tints.values()].flatMap((tint) => [...tint]));
  }
  private repaint(before: ReadonlyMap<string, string>, tint: ReadonlyMap<string, string>): void {
    const change = new Map<string, string>();
    for (const code of before.keys()) if (!tint.has(code)) change.set(code, '');
    for (const [code, colour] of tint) if (before.get(code) !== colour) change.set(code, colour);
    this.paint(change);
  }
  /** Draws zones in these colours instead of their own (null = as the style has them). */
  setZoneTint(tint: ReadonlyMap<string, ZonePaint> | null): void {
    const before = this.zoneTint;
    this.zoneTint = tint;
    const gone = [...(before?.keys() ?? [])].filter((code) => !tint?.has(code));
    const changed = [...(tint ?? [])].filter(([code, paint]) => !samePaint(before?.get(code), paint));
    this.paintZones(new Map(changed), gone);
    if ((before === null) !== (tint === null)) this.applyHidden();
  }
  /** Tiles of one source layer that the style does not have; null takes them from the map. */
  setExtra(layer: string, extra: Extra | null): void {
    this.extras.set(layer, extra);
    if (!this.ready || !this.detailed) return;
    this.extras.apply(this.palette, this.scenario, layer);
    this.applyHidden();
  }
  /** Paints layers of such tiles otherwise than they were added; those that are not there are left out. */
  repaintExtra(layers: readonly LayerSpecification[]): void {
    if (this.ready) this.extras.repaint(layers);
  }
  /** Shapes under a name of their own, with their layers; null takes them from the map. */
  setDrawn(name: string, drawn: DrawnLayers | null, data?: FeatureCollection): void {
    this.drawn.set(name, drawn, data);
    if (this.ready && this.detailed) this.drawn.apply(name, this.palette);
  }
  /** Puts features into one of the overlay sources (drawing, measuring). */
  setData(source: string, data: FeatureCollection): void {
    this.data.set(source, data);
    if (this.ready) (this.map.getSource(source) as GeoJSONSource | undefined)?.setData(data);
  }

  // ---- where to look

  lookAt(bounds: Bounds | null, position: Position | null): void {
    if (bounds && (bounds[2] - bounds[0] > 1e-6 || bounds[3] - bounds[1] > 1e-6)) {
      this.map.fitBounds(bounds, { padding: 60, maxZoom: 17.5, duration: 500 });
    } else if (position)
      this.map.easeTo({ center: position, zoom: Math.max(this.map.getZoom(), 16.5), duration: 500 });
  }
  setPlace(place: Place): void {
    const c = this.map.getCenter();
    const z = this.map.getZoom();
    if (
      Math.abs(c.lng - place.lng) < 2e-5 &&
      Math.abs(c.lat - place.lat) < 2e-5 &&
      Math.abs(z - place.zoom) < 0.02
    )
      return;
    this.map.jumpTo({ center: [place.lng, place.lat], zoom: place.zoom });
  }
  /** Brings a place into sight only where it is not already. */
  reveal(bounds: Bounds | null, position: Position | null): void {
    const view = this.map.getBounds();
    const point: Position | null =
      position ?? (bounds ? [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2] : null);
    if (!point || view.contains(point)) return;
    this.lookAt(bounds, position);
  }
  /** Moves only where the bounds are not wholly on the screen, or too small there to work on. */
  frame(bounds: Bounds): void {
    const view = this.map.getBounds();
    const whole = view.contains([bounds[0], bounds[1]]) && view.contains([bounds[2], bounds[3]]);
    const tiny = bounds[2] - bounds[0] < (view.getEast() - view.getWest()) / 5;
    if (whole && !tiny) return;
    this.map.fitBounds(bounds, { padding: 48, maxZoom: 17.5, duration: 400 });
  }
  zoomBy(step: number): void {
    this.map.easeTo({ zoom: this.map.getZoom() + step, duration: 200 });
  }

  // ---- what changed at the server

  /** Fetches again, of the sources that carry the changed layer, the tiles at these places (null = all). */
  refresh(layer: string, places: readonly Bounds[] | null = null): void {
    const touched = touchedBy(layer);
    const sources = new Set<string>();
    for (const l of this.map.getStyle()?.layers ?? []) {
      if ('source-layer' in l && l['source-layer'] && touched.includes(l['source-layer']) && 'source' in l) {
        sources.add(String(l.source));
      }
    }
    for (const source of sources) this.freshness.refresh(source, places);
  }

  // ---- tools

  setTool(tool: Tool | null): void {
    if (this.tool === tool) return;
    this.tool?.detach();
    this.tool = tool;
    this.map.getCanvas().style.cursor = '';
    if (tool) {
      this.hooks.hovered(null, '');
      tool.attach(this);
    }
  }
  /** What happens to a zone that is clicked with Shift held; null: the same as without. */
  setGather(gather: ((code: string) => void) | null): void {
    this.gather = gather;
  }
  /** Marks several zones as if they were selected. */
  setGathered(codes: readonly string[]): void {
    for (const code of this.gathered) this.mark({ kind: 'zone', code }, 'selected', false);
    this.gathered = codes;
    this.markGathered();
  }
  /** Adds the layers that colour communities by the brush; without it their shades are not drawn. */
  setPainting(on: boolean): void {
    this.painting = on;
    if (this.ready) this.applyPainting();
  }
  /**
   * How the brush shows a community: 0 not at all, 1 in the zone, 2 painted in, 3 painted out.
   * `layer`: where it is known to be drawn.
   */
  shade(code: string, shade: 0 | 1 | 2 | 3, layer?: string): void {
    if (!this.ready) return;
    this.communitySources ??= layersOf.community.flatMap((sourceLayer) => {
      const source = this.sourceOf().get(sourceLayer);
      return source ? [{ source, sourceLayer }] : [];
    });
    for (const at of this.communitySources)
      if (!layer || layer === at.sourceLayer) this.map.setFeatureState({ ...at, id: code }, { shade });
  }

  /** The layers on the screen, for the legend. */
  styleLayers(): LayerSpecification[] {
    return this.ready ? this.map.getStyle().layers : [];
  }

  // ---- inside

  private dress(): void {
    this.ready = true;
    if (this.detailed) {
      this.addOverlays();
      this.extras.apply(this.palette, this.scenario);
      this.drawn.applyAll(this.palette);
    }
    this.applyHidden();
    this.applyFilter();
    this.applyCoverage();
    this.mark(this.selection, 'selected', true);
    this.mark(this.hover, 'hover', true);
    this.paint(this.tint());
    if (this.zoneTint) this.paintZones(this.zoneTint);
    this.markGathered();
    this.hooks.styled();
  }

  private addOverlays(): void {
    for (const [id, source] of overlaySources(this.data))
      if (!this.map.getSource(id)) this.map.addSource(id, source);
    // Colours lie under the first name, so that names stay readable on them.
    const names = this.map.getStyle().layers.find((l) => l.type === 'symbol')?.id;
    for (const layer of overlayLayers(this.palette, this.sourceOf()))
      if (!this.map.getLayer(layer.id))
        this.map.addLayer(layer, layer.id.startsWith('lp-tint') ? names : undefined);
    this.applyPainting();
    // Where the style has its own zones, so that points and names stay above the colours.
    const zones = this.map
      .getStyle()
      .layers.find((l) => 'source-layer' in l && l['source-layer'] === 'zones' && !l.id.startsWith('lp-'));
    if (!zones || !('source' in zones)) return;
    for (const layer of zoneTintLayers(this.palette, String(zones.source)))
      if (!this.map.getLayer(layer.id)) this.map.addLayer(layer, zones.id);
  }

  private applyPainting(): void {
    for (const layer of paintLayers(this.palette, this.sourceOf())) {
      const there = this.map.getLayer(layer.id) !== undefined;
      if (this.painting && !there) {
        // Over the ground and its outlines, under what is drawn and under every name.
        const above = this.map.getStyle().layers.find((l) => l.type === 'symbol')?.id;
        this.map.addLayer(layer, layer.type === 'circle' ? undefined : above);
      } else if (!this.painting && there) this.map.removeLayer(layer.id);
    }
    this.screen.forget();
    if (this.painting) this.applyFilter();
  }
  private markGathered(): void {
    for (const code of this.gathered) this.mark({ kind: 'zone', code }, 'selected', true);
  }
  /** source-layer → source, as the style has it. */
  private sourceOf(): Map<string, string> {
    const found = new Map<string, string>();
    for (const l of this.map.getStyle().layers) {
      if ('source-layer' in l && l['source-layer'] && !l.id.startsWith('lp-'))
        found.set(l['source-layer'], String(l.source));
    }
    return found;
  }

  private applyHidden(): void {
    if (!this.ready) return;
    const planned = (this.tints.get('plan')?.size ?? 0) > 0 || this.extras.instead;
    const off = new Set(groups.filter((g) => this.hidden.includes(g.name)).flatMap((g) => g.layers));
    for (const l of this.map.getStyle().layers) {
      if (!('source-layer' in l) || !l['source-layer']) continue;
      // While a coverage run is shown, its two colours are the only ones on the ground.
      const stepsBack = this.coverage.shown && !l.id.startsWith('lp-') && quietUnderCoverage(l);
      const quiet = planned && !l.id.startsWith('lp-') && quietUnderPlan(l);
      const waits = !this.detailed && isDetail(l);
      const otherwise = l.id.startsWith('lp-zone-tint')
        ? this.zoneTint === null
        : this.zoneTint !== null && !l.id.startsWith('lp-') && quietUnderTint(l);
      const visibility =
        off.has(l['source-layer']) || stepsBack || quiet || waits || otherwise ? 'none' : 'visible';
      if ((l.layout?.visibility ?? 'visible') !== visibility)
        this.map.setLayoutProperty(l.id, 'visibility', visibility);
    }
    for (const id of ['lp-coverage-circles', 'lp-coverage-circle-lines', FACILITIES]) {
      if (this.map.getLayer(id))
        this.map.setLayoutProperty(id, 'visibility', off.has('coverage') ? 'none' : 'visible');
    }
    this.hooks.styled();
  }

  private applyFilter(): void {
    if (!this.ready) return;
    const withoutEdited: FilterSpecification | null = this.edited
      ? ['!=', ['get', 'code'], this.edited]
      : null;
    for (const l of this.map.getStyle().layers) {
      const layer = 'source-layer' in l ? (l['source-layer'] ?? '') : '';
      const filter = layersOf.community.includes(layer)
        ? this.filter
        : layer === 'zones' || layer === 'zone_points'
          ? withoutEdited
          : undefined;
      if (filter === undefined) continue;
      if (!this.originalFilters.has(l.id))
        this.originalFilters.set(l.id, 'filter' in l ? l.filter : undefined);
      const own = this.originalFilters.get(l.id);
      const next = filter ? (own ? (['all', own, filter] as ExpressionSpecification) : filter) : own;
      this.map.setFilter(l.id, next ?? null, { validate: false });
    }
  }

  private applyCoverage(): void {
    if (!this.ready) return;
    this.coverage.apply(this.palette);
    this.applyHidden();
  }

  private mark(selection: Selection | null, state: 'hover' | 'selected', on: boolean): void {
    if (!selection || !this.ready) return;
    const sources = this.sourceOf();
    for (const layer of layersOf[selection.kind]) {
      const source = sources.get(layer);
      if (source)
        this.map.setFeatureState({ source, sourceLayer: layer, id: selection.code }, { [state]: on });
    }
  }

  private paint(tints: ReadonlyMap<string, string>): void {
    if (!this.ready || tints.size === 0) return;
    const sources = this.sourceOf();
    for (const sourceLayer of layersOf.community) {
      const source = sources.get(sourceLayer);
      if (!source) continue;
      for (const [id, tint] of tints) this.map.setFeatureState({ source, sourceLayer, id }, { tint });
    }
  }

  private paintZones(paints: ReadonlyMap<string, ZonePaint>, gone: readonly string[] = []): void {
    const source = this.ready ? this.sourceOf().get('zones') : undefined;
    if (!source) return;
    for (const [id, paint] of paints)
      this.map.setFeatureState({ source, sourceLayer: 'zones', id }, { ...paint });
    for (const id of gone)
      for (const key of ['colour', 'fill', 'line'])
        this.map.removeFeatureState({ source, sourceLayer: 'zones', id }, key);
  }
  private report(): void {
    const c = this.map.getCenter();
    this.hooks.moved({ lng: c.lng, lat: c.lat, zoom: this.map.getZoom() });
  }

  private onPointer(e: MapMouseEvent): void {
    cancelAnimationFrame(this.hoverFrame);
    this.hoverFrame = requestAnimationFrame(() => {
      this.hooks.pointed([e.lngLat.lng, e.lngLat.lat]);
      if (this.tool) return;
      const found = this.pick(e.point);
      this.map.getCanvas().style.cursor = found ? 'pointer' : '';
      this.hooks.hovered(found, found?.name ?? '');
    });
  }

  private onClick(e: MapMouseEvent): void {
    if (this.tool) return;
    const found = this.pick(e.point, true);
    this.hooks.selected(found ? { kind: found.kind, code: found.code } : null);
  }

  /** A click with Shift held ends a box of no size: no click comes of it. */
  private onShiftClick(point: { x: number; y: number }): void {
    const code = this.gather && !this.tool ? this.screen.zoneAt(point) : null;
    if (code) this.gather?.(code);
  }

  /** What lies under the pointer, in the order that the mode cares about. */
  private pick(point: { x: number; y: number }, drill = false): (Selection & { name: string }) | null {
    if (!this.ready) return null;
    const box: [PointLike, PointLike] = [
      [point.x - 3, point.y - 3],
      [point.x + 3, point.y + 3],
    ];
    const byKind = new Map<Kind, { code: string; name: string }>();
    for (const f of this.map.queryRenderedFeatures(box)) {
      const kind = f.layer.id === FACILITIES ? 'facility' : kindOf[f.sourceLayer ?? ''];
      const code: unknown = kind === 'link' ? linkCode(f.properties) : f.properties?.code;
      if (kind && code !== undefined && !byKind.has(kind))
        byKind.set(kind, { code: String(code), name: String(f.properties?.name ?? '') });
    }
    const community = byKind.get('community');
    const building = byKind.get('building');
    if (
      drill &&
      building &&
      community &&
      this.selection?.kind === 'community' &&
      this.selection.code === community.code
    ) {
      return { kind: 'building', ...building };
    }
    for (const kind of [...pickOrder(this.mode, this.coverage.shown), ...kinds]) {
      const found = byKind.get(kind);
      if (found) return { kind, ...found };
    }
    return null;
  }
}

/** Gives every vector source its feature ids (the code), and addresses that a worker can fetch. */
function prepare(style: StyleSpecification, scenario: string | null): StyleSpecification {
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

function withoutDetail(style: StyleSpecification): StyleSpecification {
  const hide = (l: LayerSpecification) =>
    ({ ...l, layout: { ...l.layout, visibility: 'none' } }) as LayerSpecification;
  return { ...style, layers: style.layers.map((l) => (isDetail(l) ? hide(l) : l)) };
}

function isDetail(l: LayerSpecification): boolean {
  return (
    ('source-layer' in l && l['source-layer'] === 'buildings') ||
    l.type === 'symbol' ||
    l.type === 'circle' ||
    (l.type === 'line' && l.paint?.['line-dasharray'] !== undefined)
  );
}

/** Layers that would mix with the colours of proposed zones. */
function quietUnderPlan(l: LayerSpecification): boolean {
  const layer = 'source-layer' in l ? l['source-layer'] : '';
  return (layer === 'communities' || layer === 'zones') && l.type === 'fill';
}

/** Layers that would compete with the colours of a coverage run. */
function quietUnderCoverage(l: LayerSpecification): boolean {
  const layer = 'source-layer' in l ? l['source-layer'] : '';
  return (
    (layer === 'communities' && l.type === 'fill') ||
    layer === 'facilities' ||
    (layer === 'zones' && l.type === 'fill')
  );
}

/** The zones' own colours, and those of communities, which would mix with what zones are given. */
function quietUnderTint(l: LayerSpecification): boolean {
  const layer = 'source-layer' in l ? l['source-layer'] : '';
  return layer === 'zones' || (layer === 'communities' && l.type === 'fill');
}

const samePaint = (a: ZonePaint | undefined, b: ZonePaint): boolean =>
  a?.colour === b.colour && a.fill === b.fill && a.line === b.line;
