// The pins of open opinions: shapes, layers and their picture.
import type { FeatureCollection } from 'geojson';
import type { LayerSpecification } from 'maplibre-gl';
import type { Opinion } from '../api/approvals';
import { drawnSource, type Picture } from '../map/Drawn';
import type { Palette } from '../map/overlays';
import { channels } from '../phases/ramp';

export const PINS = 'opinions';
export const pinLayer = `${drawnSource(PINS)}-pins`;

export function pinShapes(list: readonly Opinion[], chosen: string | null): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: list.flatMap((o) =>
      o.location
        ? [
            {
              type: 'Feature' as const,
              properties: { id: o.id, verdict: o.verdict, chosen: o.id === chosen },
              geometry: { type: 'Point' as const, coordinates: o.location },
            },
          ]
        : [],
    ),
  };
}

const picture = (verdict: string) => `lp-opinion-${verdict}`;

export function pinLayers(p: Palette, source: string): LayerSpecification[] {
  return [
    {
      id: `${source}-ring`,
      type: 'circle',
      source,
      filter: ['==', ['get', 'chosen'], true],
      paint: {
        'circle-radius': 17,
        'circle-color': p.draw,
        'circle-opacity': 0.18,
        'circle-stroke-color': p.draw,
        'circle-stroke-width': 2,
        'circle-translate': [0, -13],
      },
    },
    {
      id: pinLayer,
      type: 'symbol',
      source,
      layout: {
        'icon-image': ['match', ['get', 'verdict'], 'object', picture('object'), picture('agree_if')],
        'icon-allow-overlap': true,
        'icon-anchor': 'bottom',
        'symbol-sort-key': ['match', ['get', 'verdict'], 'object', 1, 0],
      },
    },
  ];
}

export const pinColours = (p: Palette) => ({ object: p.drawFault, agree_if: p.linkTogether });

export const pinImages = (p: Palette) => {
  const colours = pinColours(p);
  return {
    [picture('object')]: pinPicture(colours.object, p.halo, cross),
    [picture('agree_if')]: pinPicture(colours.agree_if, p.halo, bang),
  };
};

const RATIO = 2;
const WIDTH = 22 * RATIO;
const HEIGHT = 28 * RATIO;

/** Signs in the head of a pin, so that colour is not all that tells them apart. */
type Sign = (dx: number, dy: number) => boolean;
const cross: Sign = (dx, dy) => Math.abs(dx - Math.abs(dy)) <= 1.4 * RATIO && dx <= 4.2 * RATIO;
const bang: Sign = (dx, dy) =>
  dx <= 1.2 * RATIO && ((dy >= -5.5 * RATIO && dy <= 1 * RATIO) || (dy >= 2.8 * RATIO && dy <= 5 * RATIO));

/** A drop that stands on its tip; drawn pixel by pixel as the diamond is. */
export function pinPicture(fill: string, halo: string, sign: Sign): Picture {
  const [inner, outer] = [channels(fill), channels(halo)];
  const out = new Uint8Array(WIDTH * HEIGHT * 4);
  const middle = (WIDTH - 1) / 2;
  const radius = middle - 2 * RATIO;
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const dx = Math.abs(x - middle);
      const dy = y - middle;
      // Below the middle of the head the sides run together to the tip.
      const half = dy <= 0 ? Math.sqrt(Math.max(0, radius ** 2 - dy ** 2)) : Math.max(0, tip(dy, radius));
      const inside = dy >= -radius && dx <= half;
      const border = dy >= -radius - 2 * RATIO && dx <= half + 2 * RATIO && y < HEIGHT - 1;
      const colour = inside && !sign(dx, dy) ? inner : outer;
      out.set([...colour, inside || (border && half > 0) ? 255 : 0], 4 * (y * WIDTH + x));
    }
  return { width: WIDTH, height: HEIGHT, data: out, ratio: RATIO };
}

const tip = (dy: number, radius: number) => {
  const length = HEIGHT - 2 * RATIO - (WIDTH - 1) / 2;
  return radius * Math.sqrt(Math.max(0, 1 - dy / length));
};
