import { expect, it } from 'vitest';
import { barShare, residualText } from './residual';

it('residuals read with as many digits as they deserve', () => {
  expect(residualText(472.4, '')).toBe('472 m');
  expect(residualText(12.34, '')).toBe('12.3 m');
  expect(residualText(0.42, '')).toBe('0.42 m');
  expect(residualText(null, '匹配太少')).toBe('匹配太少');
});

it('bars keep the order of residuals and stay in sight', () => {
  expect(barShare(500, 500)).toBe(1);
  expect(barShare(0.05, 500)).toBeGreaterThanOrEqual(0.01);
  expect(barShare(20, 500)).toBeGreaterThan(barShare(5, 500));
  expect(barShare(null, 500)).toBe(0);
});
