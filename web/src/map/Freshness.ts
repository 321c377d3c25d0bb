// Asks again for the tiles that a change touches, and for no others: those on the screen at
// once, those that are on their way when they have come, and those that the map keeps out of
// sight when they are looked at next.
import type { Map as MapLibre, MapSourceDataEvent, Tile } from 'maplibre-gl';
import type { Bounds } from '../api/nouns';
import { touchedBy } from './layers';
import { toSquare } from './mercator';

/** What a tile draws beyond its sides, as a part of a side (internal/tile: 64 of 4096 units). */
const MARGIN = 64 / 4096;

/** Whether what lies inside the bounds may show in a tile. */
export function meets(
  tile: { z: number; x: number; y: number },
  [west, south, east, north]: Bounds,
): boolean {
  if (west > east) return false; // it has no place on a map
  const tiles = 2 ** tile.z;
  const [left, top] = toSquare([west, north]);
  const [right, bottom] = toSquare([east, south]);
  return (
    left * tiles <= tile.x + 1 + MARGIN &&
    right * tiles >= tile.x - MARGIN &&
    top * tiles <= tile.y + 1 + MARGIN &&
    bottom * tiles >= tile.y - MARGIN
  );
}

export class Freshness {
  /** Tiles that are being asked for again; true: something changed that has not been asked for yet. */
  private readonly asked = new WeakMap<Tile, boolean>();
  /** Tiles that were on their way for the first time when something in them changed. */
  private readonly coming = new WeakSet<Tile>();

  constructor(private readonly map: MapLibre) {
    map.on('sourcedata', (e: MapSourceDataEvent) => {
      const tile = e.tile as Tile | undefined;
      if (tile && this.coming.delete(tile)) void this.again(e.sourceId, tile);
    });
  }

  /** Something of a layer of the event stream changed at these places; null is everywhere. */
  changed(layer: string, places: readonly Bounds[] | null): void {
    const touched = touchedBy(layer);
    const sources = new Set<string>();
    for (const l of this.map.getStyle()?.layers ?? []) {
      if ('source-layer' in l && l['source-layer'] && touched.includes(l['source-layer']) && 'source' in l) {
        sources.add(String(l.source));
      }
    }
    for (const source of sources) this.refresh(source, places);
  }

  private refresh(source: string, places: readonly Bounds[] | null): void {
    // The map's own refreshTiles leaves out tiles that are on their way, and those out of sight.
    const manager = this.map.style.tileManagers[source];
    if (!manager) return;
    const touched = ({ tileID }: Tile) => !places || places.some((p) => meets(tileID.canonical, p));
    manager._outOfViewCache.filter((tile) => !touched(tile));
    for (const id of manager.getIds()) {
      const tile = manager.getTileByID(id);
      if (!tile || !touched(tile)) continue;
      if (tile.state === 'loading') this.coming.add(tile);
      else void this.again(source, tile);
    }
  }

  /** One answer after the other, so that an older one never comes last. */
  private async again(source: string, tile: Tile): Promise<void> {
    const going = this.asked.has(tile);
    this.asked.set(tile, true);
    if (going) return;
    // Changes that are told in one go (where a zone lies, and where it lay) are asked for once.
    await Promise.resolve();
    while (this.asked.get(tile)) {
      this.asked.set(tile, false);
      await this.map.style.tileManagers[source]?._reloadTile(
        tile.tileID.key,
        tile.state === 'errored' ? 'loading' : 'expired',
      );
    }
    this.asked.delete(tile);
  }
}
