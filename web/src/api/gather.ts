// Where many people edit at once, a district tells of more changes than every open
// map can ask about. The first one after a quiet while is told at once, as are those
// that this person has made; what others change after that is gathered, for longer
// the longer it goes on. Among few people everything is told within half a second.
import type { Bounds, Change } from './nouns';

/** How long is gathered at first and at the most, in ms. */
const SHORTEST = 500;
const LONGEST = 20_000;
/** How many places are told apart; more are told as the box around them. */
const PLACES = 24;
/** Of so many times in a row; every map a little differently, so that they do not all ask together. */
const about = (times: number) => Math.min(SHORTEST * 4 ** times, LONGEST) * (0.75 + Math.random() / 4);

/** What many people edit, and what follows from it. */
const shared = new Set([
  'communities',
  'eligibility',
  'buildings',
  'facilities',
  'idle_buildings',
  'zones',
  'scenarios',
  'links',
  'strings',
  'subdistrict_shapes',
  'community_shapes',
  'zone_shapes',
  'building_blocks',
  'base_shapes',
]);

export interface Gathering {
  add: (change: Change) => void;
  /** What is still gathered is not told any more. */
  stop: () => void;
}

/**
 * Tells `changed` of changes, with the places of those that were gathered (null = everywhere);
 * `own` says whether this person has just saved something.
 */
export function gather(
  changed: (change: Change, places: readonly Bounds[] | null) => void,
  own: () => boolean,
  wait: (times: number) => number = about,
): Gathering {
  type Late = { change: Change; places: readonly Bounds[] | null };
  const windows = new Map<string, { late: Late | null; timer: ReturnType<typeof setTimeout> }>();

  const open = (layer: string, times: number) => {
    const timer = setTimeout(() => {
      const late = windows.get(layer)?.late ?? null;
      windows.delete(layer);
      if (!late) return;
      changed(late.change, late.places);
      open(layer, times + 1);
    }, wait(times));
    windows.set(layer, { late: null, timer });
  };

  return {
    add: (change) => {
      const window = shared.has(change.layer) ? windows.get(change.layer) : undefined;
      const late = window?.late;
      const now: Late = {
        change: late ? { ...change, bbox: around(late.change.bbox, change.bbox) } : change,
        places: late ? both(late.places, change.bbox) : only(change.bbox),
      };
      if (window && !own()) {
        window.late = now;
        return;
      }
      // With what was gathered so far, which is not told again.
      changed(now.change, now.places);
      if (window) window.late = null;
      else if (shared.has(change.layer)) open(change.layer, 0);
    },
    stop: () => {
      for (const { timer } of windows.values()) clearTimeout(timer);
      windows.clear();
    },
  };
}

const only = (bbox: Change['bbox']): readonly Bounds[] | null => bbox && [bbox];

/** Places with one more; null is everywhere. */
function both(places: readonly Bounds[] | null, bbox: Change['bbox']): readonly Bounds[] | null {
  if (!places || !bbox) return null;
  if (places.length < PLACES) return [...places, bbox];
  const all = places.reduce<Change['bbox']>(around, bbox);
  return all && [all];
}

/** The box around two; null is everywhere. */
function around(a: Change['bbox'], b: Change['bbox']): Change['bbox'] {
  if (!a || !b) return null;
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
