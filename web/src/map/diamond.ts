// The symbol of what is proposed and not there yet: a diamond with a plus, drawn
// pixel by pixel so that it needs no file and takes the colours of the theme.
import type { Map as MapLibre, MapStyleImageMissingEvent } from 'maplibre-gl';
import { channels } from '../phases/ramp';

const PREFIX = 'lp-diamond';
const RATIO = 2;
const SIDE = 26 * RATIO;

/** Name of the symbol in these colours, for `icon-image`. */
export const diamond = (fill: string, halo: string): string => `${PREFIX} ${fill} ${halo}`;

/** Red, green, blue and opacity of each pixel, row by row. */
export function diamondPixels(fill: string, halo: string): Uint8ClampedArray {
  const [inner, outer] = [channels(fill), channels(halo)];
  const out = new Uint8ClampedArray(SIDE * SIDE * 4);
  const middle = (SIDE - 1) / 2;
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const [dx, dy] = [Math.abs(x - middle), Math.abs(y - middle)];
      const away = dx + dy;
      const plus =
        (dx <= 1.6 * RATIO * 0.6 && dy <= 4 * RATIO) || (dy <= 1.6 * RATIO * 0.6 && dx <= 4 * RATIO);
      const colour = away <= 10.2 * RATIO && !plus ? inner : outer;
      // A soft edge of a pixel or so.
      const opacity = Math.min(1, Math.max(0, 12.4 * RATIO - away));
      out.set([...colour, Math.round(255 * opacity)], 4 * (y * SIDE + x));
    }
  return out;
}

/** Gives the map the symbol whenever a style asks for it; gives back how to stop that. */
export function supplyDiamonds(map: MapLibre): () => void {
  const supply = ({ id }: MapStyleImageMissingEvent) => {
    const [name, fill, halo] = id.split(' ');
    if (name !== PREFIX || !fill || !halo || map.hasImage(id)) return;
    map.addImage(id, { width: SIDE, height: SIDE, data: diamondPixels(fill, halo) }, { pixelRatio: RATIO });
  };
  map.on('styleimagemissing', supply);
  return () => {
    map.off('styleimagemissing', supply);
  };
}
