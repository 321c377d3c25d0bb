import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Modules, and whatever is asked for across origins, cannot be loaded from a disk. */
const fromDisk: Plugin = {
  name: 'from-disk',
  transformIndexHtml: {
    order: 'post',
    handler: (html) =>
      html
        .replaceAll('<script type="module" crossorigin', '<script defer')
        .replaceAll('<link rel="stylesheet" crossorigin', '<link rel="stylesheet"'),
  },
};

// The page that shows a baked archive, in dist/baked. It lies in folders of any static
// web server and on memory sticks, so its addresses are relative, its script is one plain
// file, and the map's worker is a text in that.
export default defineConfig({
  root: here('src/baked'),
  base: './',
  publicDir: false,
  plugins: [react(), fromDisk],
  // The map would look for its worker beside its module.
  define: { 'import.meta.url': '""' },
  resolve: {
    alias: [
      { find: /^maplibre-gl\/dist\/maplibre-gl-worker\.mjs\?url$/, replacement: here('src/baked/worker.ts') },
    ],
  },
  build: {
    target: 'es2022',
    outDir: here('dist/baked'),
    emptyOutDir: true,
    modulePreload: false,
    cssCodeSplit: false, // a style sheet, and no style elements, which the content policy refuses
    sourcemap: false,
    chunkSizeWarningLimit: 3000,
    rolldownOptions: { output: { format: 'iife', codeSplitting: false } },
  },
});
