import type { Position } from '../api/nouns';

/** A place on the whole world as a square of side 1, north up is y down (Web Mercator, EPSG:3857 scaled). */
export type Square = readonly [x: number, y: number];

export function toSquare([lng, lat]: Position): Square {
  const r = (lat * Math.PI) / 180;
  return [(lng + 180) / 360, (1 - Math.log(Math.tan(r) + 1 / Math.cos(r)) / Math.PI) / 2];
}

/** Pixels of the screen along the side of the world's square; MapLibre's tiles are 512 pixels wide. */
export const worldSize = (zoom: number): number => 512 * 2 ** zoom;

const R = 6371008.8; // mean Earth radius, m

/** Metres between two places on the sphere (haversine); within 0.5 % of the ellipsoid. */
export function metresBetween([lng1, lat1]: Position, [lng2, lat2]: Position): number {
  const rad = Math.PI / 180;
  const dLat = Math.sin(((lat2 - lat1) * rad) / 2);
  const dLng = Math.sin(((lng2 - lng1) * rad) / 2);
  const h = dLat * dLat + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * dLng * dLng;
  return 2 * R * Math.asin(Math.min(1, Math.sqrt(h)));
}
