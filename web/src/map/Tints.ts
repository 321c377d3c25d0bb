// Colours that communities and zones are given instead of those of the style.
import { layersOf } from './layers';
import type { ZonePaint } from './overlays';
import type { Stage } from './Stage';

export class Tints {
  /** By what gives them, then by the code of the community. */
  private tints = new Map<string, ReadonlyMap<string, string>>();
  private zones: ReadonlyMap<string, ZonePaint> | null = null;
  constructor(private readonly stage: Stage) {}

  /** Whether something gives communities colours under this name. */
  by(name: string): boolean {
    return (this.tints.get(name)?.size ?? 0) > 0;
  }
  /** Whether zones are given colours. */
  get ofZones(): boolean {
    return this.zones !== null;
  }

  /** Colours communities by their codes; those that `by` coloured before lose its colour. */
  set(tint: ReadonlyMap<string, string>, by: string): void {
    const before = this.tint();
    this.tints.set(by, tint);
    const now = this.tint();
    const change = new Map<string, string>();
    for (const code of before.keys()) if (!now.has(code)) change.set(code, '');
    for (const [code, colour] of now) if (before.get(code) !== colour) change.set(code, colour);
    this.paint(change);
  }
  /** Draws zones in these colours instead of their own (null = as the style has them). */
  setZones(tint: ReadonlyMap<string, ZonePaint> | null): void {
    const before = this.zones;
    this.zones = tint;
    const gone = [...(before?.keys() ?? [])].filter((code) => !tint?.has(code));
    const changed = [...(tint ?? [])].filter(([code, paint]) => !samePaint(before?.get(code), paint));
    this.paintZones(new Map(changed), gone);
  }

  /** Brings the map in step: the style may have been loaded anew. */
  apply(): void {
    this.paint(this.tint());
    if (this.zones) this.paintZones(this.zones);
  }

  private tint(): ReadonlyMap<string, string> {
    return new Map([...this.tints.values()].flatMap((tint) => [...tint]));
  }
  private paint(tints: ReadonlyMap<string, string>): void {
    const { map, ready } = this.stage;
    if (!ready || tints.size === 0) return;
    const sources = this.stage.sources();
    for (const sourceLayer of layersOf.community) {
      const source = sources.get(sourceLayer);
      if (!source) continue;
      for (const [id, tint] of tints) map.setFeatureState({ source, sourceLayer, id }, { tint });
    }
  }
  private paintZones(paints: ReadonlyMap<string, ZonePaint>, gone: readonly string[] = []): void {
    const { map, ready } = this.stage;
    const source = ready ? this.stage.sources().get('zones') : undefined;
    if (!source) return;
    for (const [id, paint] of paints) map.setFeatureState({ source, sourceLayer: 'zones', id }, { ...paint });
    for (const id of gone)
      for (const key of ['colour', 'fill', 'line'])
        map.removeFeatureState({ source, sourceLayer: 'zones', id }, key);
  }
}

const samePaint = (a: ZonePaint | undefined, b: ZonePaint): boolean =>
  a?.colour === b.colour && a.fill === b.fill && a.line === b.line;
