// The service's style, with all its layers out of one archive.
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import styleText from '../../../tiles/style.json?raw';
import themesText from '../../../tiles/themes.json?raw';
import type { Theme } from '../state/workbench';
import type { Archive } from './archive';

/** What stands before the addresses of an archive's tiles. */
export const PROTOCOL = 'baked';
const SOURCE = 'archive';

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
        tiles: [`${PROTOCOL}://{z}/{x}/{y}`],
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
