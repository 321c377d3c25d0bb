// Which communities and zones are drawn at all.
import type { ExpressionSpecification, FilterSpecification } from 'maplibre-gl';
import { layersOf } from './layers';
import type { Stage } from './Stage';

export class Filters {
  /** The communities that are let through; null = all. */
  communities: FilterSpecification | null = null;
  /** The zone that a tool draws in place of the map. */
  edited: string | null = null;
  /** The filters of the style's own layers. */
  private own = new Map<string, FilterSpecification | undefined>();
  constructor(private readonly stage: Stage) {}

  /** Another style is on its way. */
  forget(): void {
    this.own.clear();
  }

  /** Brings the map in step. */
  apply(): void {
    const { map, ready } = this.stage;
    if (!ready) return;
    const withoutEdited: FilterSpecification | null = this.edited
      ? ['!=', ['get', 'code'], this.edited]
      : null;
    for (const l of map.getStyle().layers) {
      const layer = 'source-layer' in l ? (l['source-layer'] ?? '') : '';
      const filter = layersOf.community.includes(layer)
        ? this.communities
        : layer === 'zones' || layer === 'zone_points'
          ? withoutEdited
          : undefined;
      if (filter === undefined) continue;
      if (!this.own.has(l.id)) this.own.set(l.id, 'filter' in l ? l.filter : undefined);
      const own = this.own.get(l.id);
      const next = filter ? (own ? (['all', own, filter] as ExpressionSpecification) : filter) : own;
      map.setFilter(l.id, next ?? null, { validate: false });
    }
  }
}
