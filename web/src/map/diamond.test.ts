import { expect, test } from 'vitest';
import { diamondPicture } from './diamond';

const { data: pixels, width: side } = diamondPicture('#7b2fbe', '#ffffff');
const at = (x: number, y: number) => [...pixels.slice(4 * (y * side + x), 4 * (y * side + x) + 4)];

test('the symbol has a plus in its middle, its colour around it and nothing in the corners', () => {
  const middle = Math.floor(side / 2);
  expect(at(middle, middle)).toEqual([255, 255, 255, 255]);
  expect(at(middle - 8, middle - 8)).toEqual([0x7b, 0x2f, 0xbe, 255]);
  expect(at(0, 0)[3]).toBe(0);
});
test('it is the same from all four sides', () => {
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      expect(at(x, y)).toEqual(at(side - 1 - x, y));
      expect(at(x, y)).toEqual(at(y, x));
    }
});
