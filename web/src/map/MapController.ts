// The map, outside React: one object that is told what to show and that tells
// what the person pointed at. It never reads the store and never asks the API
// for anything but tiles.
import {
  type FilterSpecification,
  type LayerSpecification,
  Map as MapLibre,
  type StyleSpecification,
  setWorkerUrl,
  type VectorTileSource,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { FeatureCollection } from 'geojson';
import type { Bounds, Position } from '../api/nouns';
import type { Mode, Place, Selection } from '../state/address';
import { Camera } from './Camera';
import { CoverageOnMap, type RunShown } from './CoverageOnMap';
import { Drawn, type DrawnLayers } from './Drawn';
import { type Extra, Extras } from './Extras';
import { Filters } from './Filters';
import { Freshness } from './Freshness';
import { Marks } from './Marks';
import { OverlaysOnMap } from './OverlaysOnMap';
import type { ZonePaint } from './overlays';
import { Pointer, type PointerHooks, STILL } from './Pointer';
import { Screen } from './Screen';
import { Stage } from './Stage';
import { dependsOnScenario, ofScenario } from './scenario';
import { prepare, withoutDetail } from './style';
import { Tints } from './Tints';
import { Visibility } from './Visibility';

setWorkerUrl(workerUrl);

export interface Hooks extends PointerHooks {
  moved: (place: Place) => void;
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
  private readonly stage: Stage;
  private readonly camera: Camera;
  private readonly pointer: Pointer;
  private readonly marks: Marks;
  private readonly tints: Tints;
  private readonly filters: Filters;
  private readonly visibility: Visibility;
  private readonly overlays: OverlaysOnMap;
  private readonly coverage: CoverageOnMap;
  private readonly extras: Extras;
  private readonly drawn: Drawn;
  private readonly freshness: Freshness;
  private mode: Mode = 'registry';
  private scenario: string | null;
  private tool: Tool | null = null;
  private gone = false;

  constructor(
    container: HTMLElement,
    style: StyleSpecification,
    theme: 'light' | 'dark',
    view: { place: Place | null; bounds: Bounds | null; scenario?: string | null },
    private readonly hooks: Hooks,
  ) {
    this.scenario = view.scenario ?? null;
    this.map = new MapLibre({
      container,
      style: withoutDetail(prepare(style, this.scenario)),
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
          if (from.dist(to) < STILL) this.pointer.onShiftClick(to);
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
    this.stage = new Stage(this.map, theme);
    this.camera = new Camera(this.map);
    this.marks = new Marks(this.stage);
    this.tints = new Tints(this.stage);
    this.filters = new Filters(this.stage);
    this.overlays = new OverlaysOnMap(this.stage);
    this.coverage = new CoverageOnMap(this.map);
    this.extras = new Extras(this.map);
    this.drawn = new Drawn(this.map);
    this.visibility = new Visibility(this.stage, this.coverage, this.extras, this.tints);
    this.freshness = new Freshness(this.map);
    this.pointer = new Pointer(
      this.stage,
      this.screen,
      {
        busy: () => this.tool !== null,
        mode: () => this.mode,
        selection: () => this.marks.selection,
        coverage: () => this.coverage.shown,
      },
      hooks,
    );
    this.map.touchZoomRotate.disableRotation();
    this.map.on('style.load', () => this.dress());
    const report = () => this.hooks.moved(this.camera.place);
    this.map.on('load', report);
    this.map.on('moveend', report);
    const first = () => {
      if (!this.map.areTilesLoaded()) return;
      this.map.off('render', first);
      this.hooks.firstMap();
      requestAnimationFrame(() => {
        this.stage.detailed = true;
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
    this.pointer.stop();
    this.gone = true;
    this.map.remove();
  }

  // ---- what to show

  setStyle(style: StyleSpecification, theme: 'light' | 'dark'): void {
    this.stage.change(theme);
    this.filters.forget();
    this.screen.forget();
    this.marks.forget();
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
    this.visibility.hidden = hidden;
    this.applyVisibility();
  }
  setSelection(selection: Selection | null): void {
    this.marks.setSelection(selection);
  }
  setHover(hover: Selection | null): void {
    this.marks.setHover(hover);
  }
  /** Shows only the communities that the filter lets through (null = all), so that map and table agree. */
  setCommunityFilter(filter: FilterSpecification | null): void {
    this.filters.communities = filter;
    this.filters.apply();
  }
  /** The zone that is being edited is drawn by the tool alone. */
  setEdited(code: string | null): void {
    this.filters.edited = code;
    this.filters.apply();
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
    this.tints.set(tint, by);
    if (by === 'plan') this.applyVisibility();
  }
  /** Draws zones in these colours instead of their own (null = as the style has them). */
  setZoneTint(tint: ReadonlyMap<string, ZonePaint> | null): void {
    const before = this.tints.ofZones;
    this.tints.setZones(tint);
    if (before !== this.tints.ofZones) this.applyVisibility();
  }
  /** Tiles of one source layer that the style does not have; null takes them from the map. */
  setExtra(layer: string, extra: Extra | null): void {
    this.extras.set(layer, extra);
    const { ready, detailed, palette } = this.stage;
    if (!ready || !detailed) return;
    this.extras.apply(palette, this.scenario, layer);
    this.applyVisibility();
  }
  /** Paints layers of such tiles otherwise than they were added; those that are not there are left out. */
  repaintExtra(layers: readonly LayerSpecification[]): void {
    if (this.stage.ready) this.extras.repaint(layers);
  }
  /** Shapes under a name of their own, with their layers; null takes them from the map. */
  setDrawn(name: string, drawn: DrawnLayers | null, data?: FeatureCollection): void {
    this.drawn.set(name, drawn, data);
    const { ready, detailed, palette } = this.stage;
    if (ready && detailed) this.drawn.apply(name, palette);
  }
  /** Puts features into one of the overlay sources (drawing, measuring). */
  setData(source: string, data: FeatureCollection): void {
    this.overlays.setData(source, data);
  }

  // ---- where to look

  setPlace(place: Place): void {
    this.camera.goTo(place);
  }
  lookAt(bounds: Bounds | null, position: Position | null): void {
    this.camera.lookAt(bounds, position);
  }
  /** Brings a place into sight only where it is not already. */
  reveal(bounds: Bounds | null, position: Position | null): void {
    this.camera.reveal(bounds, position);
  }
  /** Moves only where the bounds are not wholly on the screen, or too small there to work on. */
  frame(bounds: Bounds): void {
    this.camera.frame(bounds);
  }
  zoomBy(step: number): void {
    this.camera.zoomBy(step);
  }

  // ---- what changed at the server

  /** Fetches again, of the sources that carry the changed layer, the tiles at these places (null = all). */
  refresh(layer: string, places: readonly Bounds[] | null = null): void {
    this.freshness.changed(layer, places);
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
    this.pointer.gather = gather;
  }
  /** Marks several zones as if they were selected. */
  setGathered(codes: readonly string[]): void {
    this.marks.setGathered(codes);
  }
  /** Adds the layers that colour communities by the brush; without it their shades are not drawn. */
  setPainting(on: boolean): void {
    this.overlays.painting = on;
    if (!this.stage.ready) return;
    this.overlays.applyPainting();
    this.afterPainting();
  }
  /**
   * How the brush shows a community: 0 not at all, 1 in the zone, 2 painted in, 3 painted out.
   * `layer`: where it is known to be drawn.
   */
  shade(code: string, shade: 0 | 1 | 2 | 3, layer?: string): void {
    this.marks.shade(code, shade, layer);
  }

  /** The layers on the screen, for the legend. */
  styleLayers(): LayerSpecification[] {
    return this.stage.ready ? this.map.getStyle().layers : [];
  }

  // ---- inside

  private dress(): void {
    const { stage } = this;
    stage.ready = true;
    if (stage.detailed) {
      this.overlays.apply();
      this.afterPainting();
      this.extras.apply(stage.palette, this.scenario);
      this.drawn.applyAll(stage.palette);
    }
    this.applyVisibility();
    this.filters.apply();
    this.applyCoverage();
    this.marks.apply();
    this.tints.apply();
    this.hooks.styled();
  }

  private applyVisibility(): void {
    if (!this.stage.ready) return;
    this.visibility.apply();
    this.hooks.styled();
  }

  private applyCoverage(): void {
    if (!this.stage.ready) return;
    this.coverage.apply(this.stage.palette);
    this.applyVisibility();
  }

  /** The layers of the brush, which may be new, draw communities, too. */
  private afterPainting(): void {
    this.screen.forget();
    if (this.overlays.painting) this.filters.apply();
  }
}
