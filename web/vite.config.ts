import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Lets the browser fetch the map while the entry is still being read, instead of after it. */
const preloadMap: Plugin = {
  name: 'preload-map',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle }) =>
      Object.values(bundle ?? {})
        .filter((c) => c.type === 'chunk' && (c.name === 'maplibre' || c.name === 'MapView'))
        .map((c) => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', crossorigin: true, href: `/${c.fileName}` },
          injectTo: 'head' as const,
        })),
  },
};

// The map library is by far the largest part, so it stands in a file of its
// own: the page starts loading it while the app is still being read.
export default defineConfig({
  plugins: [react(), preloadMap],
  build: {
    target: 'es2022',
    manifest: true,
    sourcemap: false,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: 'maplibre', test: /node_modules[\\/]maplibre-gl/, priority: 10 }],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: { '/api': process.env.LIANPIAN_API ?? 'http://127.0.0.1:8080' },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
