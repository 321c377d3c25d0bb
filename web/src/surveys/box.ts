// Which buildings the map may have to show: a box around its place, on a grid of
// its own size, so that the same box is asked for while the map moves a little.
import type { Bounds } from '../api/nouns';
import type { Place } from '../state/address';

/** From this zoom on buildings are large enough to be coloured. */
export const NEAR = 14.5;

/** The box that holds a window of so many pixels around a place; null from afar. */
export function boxOf(place: Place, width: number, height: number): Bounds | null {
  if (place.zoom < NEAR) return null;
  const perPixel = 360 / (512 * 2 ** place.zoom);
  const halfWide = (width / 2) * perPixel;
  const halfHigh = (height / 2) * perPixel * Math.cos((place.lat * Math.PI) / 180);
  const down = (v: number, step: number) => Math.floor(v / step) * step;
  const round = (v: number) => Math.round(v * 1e6) / 1e6;
  // Half a window is the grid: the box is at most twice as large as what is seen.
  return [
    round(down(place.lng - halfWide, halfWide)),
    round(down(place.lat - halfHigh, halfHigh)),
    round(down(place.lng + halfWide, halfWide) + halfWide),
    round(down(place.lat + halfHigh, halfHigh) + halfHigh),
  ];
}
