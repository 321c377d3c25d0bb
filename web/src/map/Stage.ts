// How far the map has come, and in which colours it is drawn: what everything that
// draws on it has to know.
import type { Map as MapLibre } from 'maplibre-gl';
import { type Palette, palettes } from './overlays';

export class Stage {
  /** The style is there. What is asked for before that is drawn when it has come. */
  ready = false;
  /**
   * Buildings, names, dots, dashes and marks are drawn once the first map is on the screen:
   * their glyphs and shaders would hold it up.
   */
  detailed = false;
  palette: Palette;

  constructor(
    readonly map: MapLibre,
    theme: 'light' | 'dark',
  ) {
    this.palette = palettes[theme];
  }

  /** Another style is on its way. */
  change(theme: 'light' | 'dark'): void {
    this.ready = false;
    this.palette = palettes[theme];
  }

  /** source-layer → source, as the style has it. */
  sources(): Map<string, string> {
    const found = new Map<string, string>();
    for (const l of this.map.getStyle().layers) {
      if ('source-layer' in l && l['source-layer'] && !l.id.startsWith('lp-'))
        found.set(l['source-layer'], String(l.source));
    }
    return found;
  }
}
