// Which tile layers belong together in the eyes of a planner, and which can be
// pointed at. The names are those of the tiles (source-layer).
import type { Kind, Mode } from '../state/address';

export interface Group {
  name: string;
  layers: readonly string[];
  base: boolean;
  /** Drawn only where it is asked for. */
  optional?: true;
}
export const groups: readonly Group[] = [
  { name: 'zones', layers: ['zones', 'zone_points'], base: false },
  { name: 'strings', layers: ['strings'], base: false },
  { name: 'links', layers: ['links'], base: false, optional: true },
  { name: 'communities', layers: ['communities', 'community_points'], base: false },
  { name: 'buildings', layers: ['buildings'], base: false },
  { name: 'facilities', layers: ['facilities'], base: false },
  { name: 'idle_buildings', layers: ['idle_buildings'], base: false },
  { name: 'proposed', layers: ['proposed'], base: false },
  { name: 'coverage', layers: ['coverage'], base: false },
  { name: 'subdistricts', layers: ['subdistricts', 'subdistrict_points'], base: false },
  { name: 'roads', layers: ['road'], base: true },
  { name: 'railways', layers: ['railway'], base: true },
  { name: 'water', layers: ['water', 'waterway'], base: true },
  { name: 'land', layers: ['land_use', 'green', 'admin_area'], base: true },
  { name: 'places', layers: ['place', 'area_label'], base: true },
];

export const kindOf: Readonly<Record<string, Kind>> = {
  communities: 'community',
  community_points: 'community',
  buildings: 'building',
  facilities: 'facility',
  idle_buildings: 'idle_building',
  zones: 'zone',
  zone_points: 'zone',
  coverage: 'building',
  links: 'link',
};
export const layersOf: Readonly<Record<Kind, readonly string[]>> = {
  community: ['communities', 'community_points'],
  building: ['buildings'],
  facility: ['facilities'],
  idle_building: ['idle_buildings'],
  zone: ['zones'],
  // A link is marked by its way; see links/ways.ts.
  link: [],
  // A project is marked by its communities.
  project: [],
};

/**
 * What a click means first, by mode. A second click on a selected community goes down to its building;
 * while a coverage run colours buildings, they are what the map is about.
 */
export function pickOrder(mode: Mode, coverage = false): readonly Kind[] {
  switch (mode) {
    case 'zones':
    case 'program':
    case 'plans':
      return ['link', 'zone', 'community', 'facility', 'idle_building', 'building'];
    case 'coverage':
      return coverage
        ? ['link', 'facility', 'idle_building', 'building', 'community', 'zone']
        : ['link', 'facility', 'idle_building', 'community', 'building', 'zone'];
    default:
      return ['link', 'facility', 'idle_building', 'community', 'building', 'zone'];
  }
}

/** Layers whose picture depends on a changed layer of the event stream: `follows` in tiles/layers.yaml. */
export function touchedBy(changed: string): readonly string[] {
  switch (changed) {
    case 'communities':
      return ['communities', 'community_points', 'projects'];
    case 'buildings':
      return ['buildings', 'coverage'];
    case 'eligibility':
      return ['buildings'];
    case '':
      return [...groups.flatMap((g) => g.layers), 'projects'];
    case 'zones':
      return ['zones', 'zone_points', 'strings'];
    case 'subdistricts':
      return ['subdistricts', 'subdistrict_points'];
    // Shapes for small scales, which are made in the background.
    case 'subdistrict_shapes':
      return ['subdistricts'];
    case 'community_shapes':
      return ['communities', 'projects'];
    case 'zone_shapes':
      return ['zones'];
    case 'building_blocks':
      return ['buildings'];
    case 'base_shapes':
      return ['water', 'land_use', 'green'];
    case 'base':
      return [
        'water',
        'waterway',
        'land_use',
        'green',
        'road',
        'railway',
        'place',
        'admin_area',
        'area_label',
      ];
    default:
      return [changed];
  }
}
