/** What the tests in a browser share: logging in, and noticing what no page may do. */
import { expect, type Page } from '@playwright/test';

export interface Watched {
  errors: string[];
  foreign_requests: string[];
  dialogs: string[];
}

/** Errors of scripts, violations of the policy, requests that leave the origin, dialogs. */
export function watch(page: Page): Watched {
  const seen: Watched = { errors: [], foreign_requests: [], dialogs: [] };
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('console', (message) => {
    const text = message.text();
    // A status that the page asked for and explains is no error of the page.
    if (message.type() === 'error' && !/the server responded with a status of|net::ERR_/.test(text)) seen.errors.push(text);
  });
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (!['blob:', 'data:'].includes(protocol) && !host.startsWith('127.0.0.1:')) seen.foreign_requests.push(request.url());
  });
  page.on('dialog', (dialog) => {
    seen.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  return seen;
}

export function expect_calm(seen: Watched): void {
  expect(seen.errors).toEqual([]);
  expect(seen.foreign_requests).toEqual([]);
  expect(seen.dialogs).toEqual([]);
}

/** Logs in with a code of the mock server, and goes to an address. */
export async function login(page: Page, code: string, hash = '#/overview'): Promise<void> {
  await page.goto(`/#/login?code=${encodeURIComponent(code)}`);
  await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible();
  await go(page, hash);
}

export async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
}

/** The first row of a list whose text fits. */
export const row = (page: Page, text: string | RegExp) => page.locator('tbody tr[data-index]').filter({ hasText: text }).first();
