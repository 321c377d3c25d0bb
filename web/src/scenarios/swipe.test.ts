import { describe, expect, it } from 'vitest';
import { moveBy, shareAt } from './swipe';

describe('the divider', () => {
  it.each([
    ['ArrowLeft', 0.5, 0.48],
    ['ArrowRight', 0.5, 0.52],
    ['PageUp', 0.5, 0.6],
    ['PageDown', 0.5, 0.4],
    ['Home', 0.7, 0],
    ['End', 0.7, 1],
    ['ArrowLeft', 0.01, 0],
    ['PageUp', 0.95, 1],
  ])('goes on %s from %d to %d', (key, from, to) => {
    expect(moveBy(key, from)).toBeCloseTo(to, 10);
  });
  it('leaves other keys to others', () => {
    expect(moveBy('Tab', 0.5)).toBeNull();
  });
  it.each([
    [300, 100, 400, 0.5],
    [50, 100, 400, 0],
    [900, 100, 400, 1],
    [50, 100, 0, 0.5],
  ])('follows the pointer at %d on a map from %d, %d wide', (x, left, width, share) => {
    expect(shareAt(x, left, width)).toBe(share);
  });
});
