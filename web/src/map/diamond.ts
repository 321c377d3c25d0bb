// The symbol of what is proposed and not there yet: a diamond with a plus, drawn
// pixel by pixel so that it needs no file and takes the colours of the theme.
import { channels } from '../phases/ramp';
import type { Picture } from './Drawn';

const RATIO = 2;
const SIDE = 26 * RATIO;

export function diamondPicture(fill: string, halo: string): Picture {
  const [inner, outer] = [channels(fill), channels(halo)];
  const out = new Uint8Array(SIDE * SIDE * 4);
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
  return { width: SIDE, height: SIDE, data: out, ratio: RATIO };
}
