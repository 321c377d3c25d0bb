import { describe, expect, test } from 'vitest';
import type { Archive } from './archive';
import { isDrawn, styleOf } from './style';

const archive: Archive = {
  file: 'a.pmtiles',
  district: '万盛',
  code: '500110',
  at: new Date(0),
  demo: false,
  attribution: '©',
  layers: ['water', 'communities'],
  minZoom: 5,
  maxZoom: 16,
  bounds: [106, 28, 107, 29],
  tile: () => Promise.resolve(new ArrayBuffer(0)),
};

describe.each(['light', 'dark'] as const)('the %s style of an archive', (theme) => {
  const style = styleOf(archive, theme);
  test('draws what the archive has, all of it from there', () => {
    const drawn = style.layers.flatMap((l) => ('source-layer' in l ? [l['source-layer']] : []));
    expect(new Set(drawn)).toEqual(new Set(archive.layers));
    expect(style.layers[0]?.type).toBe('background');
    expect(Object.keys(style.sources)).toEqual(['archive']);
    for (const l of style.layers) if ('source' in l) expect(l.source).toBe('archive');
  });
  test('has a colour for every name, and no address but the archive', () => {
    const text = JSON.stringify(style);
    expect(text).not.toMatch(/"@/);
    expect(text.match(/\w+:\/\/[^"]*/g)).toEqual(['baked://{z}/{x}/{y}']);
  });
});

test('a switch stands only for what can be drawn', () => {
  expect(['water', 'buildings', 'strings', 'links', 'coverage'].filter(isDrawn)).toEqual([
    'water',
    'buildings',
    'strings',
  ]);
});
