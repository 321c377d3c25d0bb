// The service's style, with all its layers out of one archive.
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import styleText from '../../../tiles/style.json?raw';
import themesText from '../../../tiles/themes.json?raw';
import type { Theme } from '../state/workbench';
import type { Archive } from './archive';

/** What stands before the addresses of an archive's tiles. */
export const PROTOCOL = 'baked';
const SOURCE = 'archive';
/** Address of the tiles of the archive that is shown. */
export const TILES = `${PROTOCOL}://{z}/{x}/{y}`;
/** Drawn beside the style, as in the app; links are not, whose colours hang on a scenario's rules. */
export const STRINGS = 'strings';

const themes = JSON.parse(themesText) as Record<Theme, Record<string, string>>;

/** The style's layers in the colours of a theme; names of colours (@name) are those of themes.json. */
export function layersIn(theme: Theme): LayerSpecification[] {
  const coloured = styleText.replace(/"@([a-z0-9-]+)"/g, (_, name: string) => {
    const colour = themes[theme][name];
    if (colour === undefined) throw new Error(`themes.json: ${theme} has no colour @${name}`);
    return JSON.stringify(colour);
  });
  return (JSON.parse(coloured) as { layers: LayerSpecification[] }).layers;
}

/** The map of an archive. */
export function styleOf(archive: Archive, theme: Theme): StyleSpecification {
  return {
    version: 8,
    name: archive.district,
    sources: {
      [SOURCE]: {
        type: 'vector',
        tiles: [TILES],
        minzoom: archive.minZoom,
        maxzoom: archive.maxZoom,
        bounds: archive.bounds,
        attribution: archive.attribution,
      },
    },
    layers: layersIn(theme).flatMap((layer): LayerSpecification[] => {
      if (!('source' in layer)) return [layer];
      const drawn = archive.layers.includes(('source-layer' in layer && layer['source-layer']) || '');
      return drawn ? [{ ...layer, source: SOURCE } as LayerSpecification] : [];
    }),
  };
}

const drawn = new Set([
  STRINGS,
  ...layersIn('light').flatMap((l) => ('source-layer' in l ? [l['source-layer']] : [])),
]);

/** Whether a layer of the tiles is drawn where an archive has it. */
export const isDrawn = (layer: string): boolean => drawn.has(layer);
