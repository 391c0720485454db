/**
 * How the console is built: one page, one script, one style sheet, named by their content, so that the
 * same sources give the same bytes. In development `/api` goes to the mock server.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: process.env.CONSOLE_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: { host: '127.0.0.1', proxy: { '/api': `http://127.0.0.1:${process.env.MOCK_PORT ?? 9441}` } },
  test: { include: ['tests/unit/**/*.test.ts'], environment: 'node' },
});
