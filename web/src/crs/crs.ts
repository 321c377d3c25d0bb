// Coordinate systems that files come and go in, by the texts that the service
// reads: "EPSG:4545", or "gk:cm=107.5,fe=500000,prefix=0" for a zone of a town's own.
// Pure functions.

/** A Gauss-Krüger zone of CGCS2000. */
export interface Zone {
  /** Central meridian, degrees east. */
  meridian: number;
  /** Metres added to eastings, without the number of the zone. */
  falseEasting: number;
  /** Number of the zone in front of eastings, 0 for none. */
  prefix: number;
}

export const GEOGRAPHIC = ['EPSG:4490', 'EPSG:4326'] as const;
const FIRST = 25;
const LAST = 45;
/** EPSG codes of the zones 25: with the zone's number in front of eastings, and without. */
const NUMBERED = 4513;
const PLAIN = 4534;

/** Central meridians of the 3-degree zones, 75°E to 135°E. */
export const meridians = Array.from({ length: LAST - FIRST + 1 }, (_, i) => (FIRST + i) * 3);

/** The EPSG code of a 3-degree zone; null where there is none. */
export function zoneCode(meridian: number, numbered: boolean): string | null {
  const n = meridian / 3;
  if (!Number.isInteger(n) || n < FIRST || n > LAST) return null;
  return `EPSG:${(numbered ? NUMBERED : PLAIN) + n - FIRST}`;
}

/** The zone that a text stands for; null for degrees, other systems and what is no such text. */
export function zoneOf(text: string): Zone | null {
  const epsg = Number(/^EPSG:(\d+)$/i.exec(text)?.[1]);
  if (Number.isInteger(epsg)) {
    const numbered = epsg >= NUMBERED && epsg < PLAIN;
    const n = epsg - (numbered ? NUMBERED : PLAIN) + FIRST;
    if (n < FIRST || n > LAST) return null;
    return { meridian: n * 3, falseEasting: 500_000, prefix: numbered ? n : 0 };
  }
  const custom = /^gk:cm=(-?[\d.]+)(?:,fe=(-?[\d.]+))?(?:,prefix=(\d+))?$/i.exec(text);
  if (!custom) return null;
  return {
    meridian: Number(custom[1]),
    falseEasting: Number(custom[2] ?? 500_000),
    prefix: Number(custom[3] ?? 0),
  };
}

export const customCode = (z: Zone) => `gk:cm=${z.meridian},fe=${z.falseEasting},prefix=${z.prefix}`;

/** What of a custom zone the service would not take; null where it is fine. */
export function zoneFault(z: Zone): 'meridian' | 'easting' | 'prefix' | null {
  if (!(z.meridian >= 60 && z.meridian <= 150)) return 'meridian';
  if (!Number.isFinite(z.falseEasting) || Math.abs(z.falseEasting) > 1e7) return 'easting';
  return Number.isInteger(z.prefix) && z.prefix >= 0 && z.prefix <= 99 ? null : 'prefix';
}

/** Degrees of a meridian as people write them: 107.5 is 107°30′. */
export function degrees(value: number): string {
  const whole = Math.floor(value);
  const minutes = Math.round((value - whole) * 60);
  return minutes === 0 ? `${whole}°` : minutes === 60 ? `${whole + 1}°` : `${whole}°${minutes}′`;
}

/** Whether the service can read this. */
export function isCrs(text: string): boolean {
  if ((GEOGRAPHIC as readonly string[]).includes(text)) return true;
  const zone = zoneOf(text);
  return zone !== null && zoneFault(zone) === null;
}
