// How residuals read and how long their bars are. Pure functions.

/** Metres with as many digits as they deserve. */
export function residualText(m: number | null, unknown: string): string {
  if (m === null || !Number.isFinite(m)) return unknown;
  return `${m >= 100 ? m.toFixed(0) : m >= 1 ? m.toFixed(1) : m.toFixed(2)} m`;
}

/**
 * Length of a bar, 0 to 1. Residuals go from centimetres to hundreds of metres: the root
 * keeps the short ones in sight without making the long ones look alike.
 */
export function barShare(m: number | null, most: number): number {
  if (m === null || !(most > 0)) return 0;
  return Math.max(0.01, Math.min(1, Math.sqrt(m / most)));
}
