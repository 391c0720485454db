/**
 * Tests in a browser, against the built page and the mock server. The browser is Chromium where it is installed;
 * `CHROMIUM` names another place.
 */
import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const port = 9451;
const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = places.find((place) => place && existsSync(place));

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
    launchOptions: { ...(executablePath ? { executablePath } : {}), args: ['--no-sandbox'] },
  },
  webServer: {
    command: `node mock/server.mjs --port ${port} --dist ${process.env.CONSOLE_OUT ?? 'dist'}`,
    url: `http://127.0.0.1:${port}/`,
  },
});
