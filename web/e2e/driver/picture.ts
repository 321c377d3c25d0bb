// Pictures of the page, looked at pixel by pixel.
import { inflateSync } from 'node:zlib';

export interface Picture {
  width: number;
  height: number;
  /** Red, green, blue of a pixel, 0–255. */
  at: (x: number, y: number) => Colour;
}
export type Colour = readonly [red: number, green: number, blue: number];

/** Reads a PNG as browsers write it: eight bits a channel, not interlaced. */
export function readPicture(png: Buffer): Picture {
  let width = 0;
  let height = 0;
  let channels = 0;
  const packed: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const kind = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (kind === 'IHDR') {
      width = data.readUInt32BE(0);
      height = data.readUInt32BE(4);
      channels = data[9] === 6 ? 4 : data[9] === 2 ? 3 : 0;
      if (data[8] !== 8 || channels === 0 || data[12] !== 0) throw new Error('a PNG of another kind');
    } else if (kind === 'IDAT') packed.push(data);
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(packed));
  const row = width * channels;
  const out = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)];
    for (let i = 0; i < row; i++) {
      const left = i >= channels ? (out[y * row + i - channels] ?? 0) : 0;
      const up = y > 0 ? (out[(y - 1) * row + i] ?? 0) : 0;
      const corner = y > 0 && i >= channels ? (out[(y - 1) * row + i - channels] ?? 0) : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      out[y * row + i] = (raw[y * (row + 1) + 1 + i] ?? 0) + guess;
    }
  }
  const value = (x: number, y: number, channel: number) => out[y * row + x * channels + channel] ?? 0;
  return { width, height, at: (x, y) => [value(x, y, 0), value(x, y, 1), value(x, y, 2)] };
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** How many of the pixels (every `step`th in both directions) the test holds for. */
export function countPixels(picture: Picture, is: (colour: Colour) => boolean, step = 2): number {
  let n = 0;
  for (let y = 0; y < picture.height; y += step)
    for (let x = 0; x < picture.width; x += step) if (is(picture.at(x, y))) n++;
  return n;
}

/** Whether two colours are the same to the eye. */
export const like =
  (wanted: Colour, tolerance = 10) =>
  (colour: Colour): boolean =>
    wanted.every((v, i) => Math.abs(v - (colour[i] ?? 0)) <= tolerance);
