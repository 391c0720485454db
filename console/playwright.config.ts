/**
 * Tests in a browser, against the built page and the mock server. The browser is Chromium where it is installed;
 * `CHROMIUM` names another place.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { defineConfig } from '@playwright/test';

const port = 9451;
const names = ['chromium', 'chromium-browser', 'google-chrome'];
const folders = (process.env.PATH ?? '').split(delimiter);
const places = [process.env.CHROMIUM, ...names.flatMap((name) => folders.map((folder) => join(folder, name)))];
const executablePath = places.find((place) => place && existsSync(place));
// As root, Chromium starts only without its own sandbox.
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: process.env.CONSOLE_TEST_OUT ?? 'node_modules/.test-results',
  workers: 2,
  fullyParallel: true,
  timeout: 30_000,
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    viewport: { width: 1280, height: 800 },
    timezoneId: 'Europe/Berlin',
    launchOptions: { ...(executablePath ? { executablePath } : {}), args },
  },
  webServer: {
    command: `node mock/server.mjs --port ${port} --dist ${process.env.CONSOLE_OUT ?? 'dist'}`,
    url: `http://127.0.0.1:${port}/`,
  },
});
