// Where the divider between two maps stands, as a share of the map's width.
export const MIDDLE = 0.5;
const STEP = 0.02;
const LEAP = 0.1;

export const clamp = (share: number): number => Math.min(1, Math.max(0, share));

/** Where the divider goes from `share` on a key of a slider, or null for other keys. */
export function moveBy(key: string, share: number): number | null {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return clamp(share - STEP);
    case 'ArrowRight':
    case 'ArrowUp':
      return clamp(share + STEP);
    case 'PageDown':
      return clamp(share - LEAP);
    case 'PageUp':
      return clamp(share + LEAP);
    case 'Home':
      return 0;
    case 'End':
      return 1;
    default:
      return null;
  }
}

/** The share that a pointer at `x` means on a map that begins at `left` and is `width` wide. */
export const shareAt = (x: number, left: number, width: number): number =>
  width > 0 ? clamp((x - left) / width) : MIDDLE;
