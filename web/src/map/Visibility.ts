// Which layers are on the screen: those of hidden groups are not, and colours of the style
// step back where something else is told in colours.
import type { LayerSpecification } from 'maplibre-gl';
import type { CoverageOnMap } from './CoverageOnMap';
import type { Extras } from './Extras';
import { groups } from './layers';
import { FACILITIES } from './overlays';
import type { Stage } from './Stage';
import { isDetail } from './style';
import type { Tints } from './Tints';

export class Visibility {
  /** Names of groups. */
  hidden: readonly string[] = [];
  constructor(
    private readonly stage: Stage,
    private readonly coverage: CoverageOnMap,
    private readonly extras: Extras,
    private readonly tints: Tints,
  ) {}

  /** Brings the map in step. */
  apply(): void {
    const { map, detailed } = this.stage;
    const planned = this.tints.by('plan') || this.extras.instead;
    const off = new Set(groups.filter((g) => this.hidden.includes(g.name)).flatMap((g) => g.layers));
    for (const l of map.getStyle().layers) {
      if (!('source-layer' in l) || !l['source-layer']) continue;
      // While a coverage run is shown, its two colours are the only ones on the ground.
      const stepsBack = this.coverage.shown && !l.id.startsWith('lp-') && quietUnderCoverage(l);
      const quiet = planned && !l.id.startsWith('lp-') && quietUnderPlan(l);
      const waits = !detailed && isDetail(l);
      const otherwise = l.id.startsWith('lp-zone-tint')
        ? !this.tints.ofZones
        : this.tints.ofZones && !l.id.startsWith('lp-') && quietUnderTint(l);
      const visibility =
        off.has(l['source-layer']) || stepsBack || quiet || waits || otherwise ? 'none' : 'visible';
      if ((l.layout?.visibility ?? 'visible') !== visibility)
        map.setLayoutProperty(l.id, 'visibility', visibility);
    }
    for (const id of ['lp-coverage-circles', 'lp-coverage-circle-lines', FACILITIES]) {
      if (map.getLayer(id)) map.setLayoutProperty(id, 'visibility', off.has('coverage') ? 'none' : 'visible');
    }
  }
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
