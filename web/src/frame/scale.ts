const EQUATOR = 40_075_016.686; // m, of the sphere that web maps are drawn on
const TILE = 512;

/** A scale bar of a round length that is at most `widest` pixels at this latitude. */
export function scaleBar(zoom: number, lat: number, widest = 92): { metres: number; pixels: number } {
  const perPixel = (EQUATOR * Math.cos((lat * Math.PI) / 180)) / (TILE * 2 ** zoom);
  const power = 10 ** Math.floor(Math.log10(perPixel * widest));
  const metres = ([5, 2, 1].find((m) => m * power <= perPixel * widest) ?? 1) * power;
  return { metres, pixels: Math.round(metres / perPixel) };
}
