// Features that stand out: what is selected or pointed at, zones that are gathered for a
// merge, communities that the brush touches.
import type { Selection } from '../state/address';
import { layersOf } from './layers';
import type { Stage } from './Stage';

export class Marks {
  selection: Selection | null = null;
  private hover: Selection | null = null;
  private gathered: readonly string[] = [];
  private communities: { source: string; sourceLayer: string }[] | null = null;
  constructor(private readonly stage: Stage) {}

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
  /** Marks several zones as if they were selected. */
  setGathered(codes: readonly string[]): void {
    for (const code of this.gathered) this.mark({ kind: 'zone', code }, 'selected', false);
    this.gathered = codes;
    this.markGathered();
  }
  /**
   * How the brush shows a community: 0 not at all, 1 in the zone, 2 painted in, 3 painted out.
   * `layer`: where it is known to be drawn.
   */
  shade(code: string, shade: 0 | 1 | 2 | 3, layer?: string): void {
    const { map, ready } = this.stage;
    if (!ready) return;
    this.communities ??= layersOf.community.flatMap((sourceLayer) => {
      const source = this.stage.sources().get(sourceLayer);
      return source ? [{ source, sourceLayer }] : [];
    });
    for (const at of this.communities)
      if (!layer || layer === at.sourceLayer) map.setFeatureState({ ...at, id: code }, { shade });
  }

  /** Another style is on its way. */
  forget(): void {
    this.communities = null;
  }
  /** Brings the map in step: the style may have been loaded anew. The brush shades its communities itself. */
  apply(): void {
    this.mark(this.selection, 'selected', true);
    this.mark(this.hover, 'hover', true);
    this.markGathered();
  }

  private markGathered(): void {
    for (const code of this.gathered) this.mark({ kind: 'zone', code }, 'selected', true);
  }
  private mark(selection: Selection | null, state: 'hover' | 'selected', on: boolean): void {
    const { map, ready } = this.stage;
    if (!selection || !ready) return;
    const sources = this.stage.sources();
    for (const layer of layersOf[selection.kind]) {
      const source = sources.get(layer);
      if (source) map.setFeatureState({ source, sourceLayer: layer, id: selection.code }, { [state]: on });
    }
  }
}
