// Which tiles show a scenario's zones, and their addresses for one scenario.
const layers = ['zones', 'zone_points', 'strings'];

/** Whether the tiles of this address carry a layer that differs between scenarios. */
export function dependsOnScenario(tiles: string): boolean {
  const named = /\/tiles\/([^/]+)\//.exec(tiles)?.[1] ?? '';
  return named.split(',').some((layer) => layers.includes(layer));
}

/** The address of the same tiles for a scenario (null = the main one); other tiles keep theirs. */
export function ofScenario(tiles: string, scenario: string | null): string {
  if (!dependsOnScenario(tiles)) return tiles;
  const [path = '', query = ''] = tiles.split('?');
  const kept = query.split('&').filter((part) => part && !part.startsWith('scenario='));
  if (scenario) kept.push(`scenario=${encodeURIComponent(scenario)}`);
  return kept.length ? `${path}?${kept.join('&')}` : path;
}
