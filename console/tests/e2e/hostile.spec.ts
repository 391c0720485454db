/**
 * Every text of every answer replaced by one that tries something: script, handlers, links, bidirectional overrides,
 * NUL, escape sequences, words of 10 kB, formulas. Nothing may run, load, leave or become an element.
 */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { expect_calm, go, login, watch } from './support';

/** What no text may turn into. The console itself has none of these. */
const made_of_text =
  'x-hostile, script:not([src]), iframe, object, embed, img:not([src="/icon.svg"]), [onerror], [onload], [onclick], a:not([href^="#/"], [href="#content"]), body style, [style*="url("]';

async function expect_inert(page: Page): Promise<void> {
  expect(await page.evaluate((selector) => [...document.querySelectorAll(selector)].map((found) => found.outerHTML.slice(0, 200)), made_of_text)).toEqual([]);
  expect(await page.evaluate(() => (window as unknown as { __ran?: number }).__ran)).toBeUndefined();
  // What would turn the text around, or hide, is never in the page as it came.
  expect(await page.evaluate(() => /[\u0000\u0007\u0008\u001b\u202e\u2066]/.test(document.body.innerText))).toBe(false);
  expect(await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1)).toBe(false);
}

/** Opens everything on the screen that opens. */
async function open_all(page: Page): Promise<void> {
  for (const summary of await page.locator('main summary').all()) await summary.click();
  const flaw = page.locator('button.flaw').first();
  if (await flaw.isVisible()) {
    await flaw.click();
    await expect(page.getByText('Mend for good').first()).toBeVisible();
  }
  const api = page.locator('button.api').first();
  if (await api.isVisible()) {
    await api.click();
    await page.getByRole('button', { name: /^Confirm profile/ }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await expect_inert(page);
    await page.keyboard.press('Escape');
  }
  for (const button of await page.getByRole('button', { name: /^Show all/ }).all()) {
    if (await button.isVisible()) await button.click();
  }
}

const screens: [string, (page: Page) => Promise<unknown>][] = [
  ['#/overview', (page) => expect(page.getByText('Traffic and decisions')).toBeVisible()],
  ['#/live', (page) => expect(page.locator('tbody tr[data-index]').first()).toBeVisible()],
  ['#/inventory', (page) => expect(page.locator('tbody tr[data-index]').first()).toBeVisible()],
  ['#/inventory/0123456789abcdef', (page) => expect(page.getByRole('heading', { name: 'Fields of responses' })).toBeVisible()],
  ['#/inventory?group=service', (page) => expect(page.locator('tbody tr[data-index]').first()).toBeVisible()],
  ['#/inventory?group=tag', (page) => expect(page.locator('tbody tr[data-index]').first()).toBeVisible()],
  ['#/apis', (page) => expect(page.locator('button.api').first()).toBeVisible()],
  ['#/retirement', (page) => expect(page.locator('.going').first()).toBeVisible()],
  ['#/posture', (page) => expect(page.locator('button.flaw').first()).toBeVisible()],
  ['#/posture?group=owasp', (page) => expect(page.locator('button.flaw').first()).toBeVisible()],
  ['#/contracts', (page) => expect(page.locator('.clause').first()).toBeVisible()],
  ['#/contracts/history', (page) => expect(page.getByRole('button', { name: /^Roll back to before/ })).toBeVisible()],
  ['#/changes', (page) => expect(page.locator('a.change').first()).toBeVisible()],
  ['#/drift', (page) => expect(page.getByText('Not seen, and so no difference').first()).toBeVisible()],
  ['#/exchanges?since=30d', (page) => expect(page.locator('tbody tr[data-index]').first()).toBeVisible()],
  ['#/hunt', (page) => expect(page.getByRole('heading', { name: 'What can be asked for' })).toBeVisible()],
  ['#/ledger', (page) => expect(page.locator('tbody tr[data-index]').first()).toBeVisible()],
  ['#/settings/configuration', (page) => expect(page.getByText('8 of 8 settings')).toBeVisible()],
  ['#/settings/exceptions', (page) => expect(page.getByText('until').first()).toBeVisible()],
  ['#/settings/bypass', (page) => expect(page.getByText('A bypass is in force')).toBeVisible()],
  ['#/settings/alerts', (page) => expect(page.getByText('Silences')).toBeVisible()],
  ['#/settings/tokens', (page) => expect(page.getByText('Make a token')).toBeVisible()],
];

for (const [hash, ready] of screens) {
  test(`hostile texts on ${hash}`, async ({ page }) => {
    const seen = watch(page);
    await login(page, 'admin+hostile+bypass+fault', hash);
    await ready(page);
    await open_all(page);
    await expect_inert(page);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('<x-hostile>');
    await expect_inert(page);
    expect_calm(seen);
  });
}

test('hostile texts of one exchange, its exception and its sample', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'admin+hostile', '#/exchanges?since=30d');
  for (const index of [0, 1, 2, 3, 4]) {
    await page.locator(`tbody tr[data-index="${index}"] a`).click();
    await expect(page.getByText('About it')).toBeVisible();
    const allow = page.getByRole('button', { name: 'Allow exactly this' });
    if (await allow.first().isVisible()) await allow.first().click();
    const why = page.getByLabel('Why do you need to see it?');
    if (await why.isVisible()) {
      await why.fill('to see');
      await page.getByRole('button', { name: 'Reveal' }).click();
      await expect(page.getByRole('button', { name: 'Hide again' })).toBeVisible();
    }
    await open_all(page);
    await expect_inert(page);
    await page.keyboard.press('Escape');
  }
  expect_calm(seen);
});

test('hostile texts in a result, its rows and its exports', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'admin+hostile', '#/hunt?sql=select%20*%20from%20exchanges&since=7d');
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page.locator('tbody tr[data-index]').first()).toBeVisible();
  await expect(page.getByText(/rows in 321 ms/)).toBeVisible();
  await expect_inert(page);
  const arriving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV', exact: true }).click();
  const csv = await readFile(await (await arriving).path(), 'utf8');
  expect(csv).toContain("'=cmd|");
  expect(csv).not.toMatch(/(^|,|\n)"?[=@]/);
  await page.locator('tbody tr[data-index="0"] a').click();
  await expect(page.getByRole('heading', { name: 'Row 1' })).toBeVisible();
  await open_all(page);
  await expect_inert(page);
  expect_calm(seen);
});

test('hostile endpoints, selected and taken along', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'admin+hostile', '#/inventory');
  await page.getByLabel('Select all that are shown').click();
  await expect_inert(page);
  const arriving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV', exact: true }).click();
  const csv = await readFile(await (await arriving).path(), 'utf8');
  expect(csv).toContain("'=cmd|");
  expect(csv).not.toMatch(/(^|,|\n)"?[=@]/);
  await page.getByRole('link', { name: 'Hunt for these' }).click();
  await expect(page.getByRole('textbox', { name: 'SQL' })).toHaveValue(/=cmd\|''\/c calc''!A1/);
  await expect_inert(page);
  expect_calm(seen);
});

test('hostile proofs and checks fail, and say so', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'admin+hostile+badledger', '#/ledger?entry=100');
  await page.getByRole('button', { name: 'Verify the ledger' }).click();
  await expect(page.getByRole('alert')).toContainText('The ledger does not hold');
  await page.getByRole('button', { name: 'Check proof in this browser' }).click();
  await expect(page.getByText('The proof does not hold.')).toBeVisible();
  await open_all(page);
  await expect_inert(page);
  expect_calm(seen);
});

test('hostile addresses stay texts', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'admin');
  const attack = encodeURIComponent('"><img src=x onerror="window.__ran=1"><x-hostile>\u202e');
  for (const path of ['exchanges?id=', 'exchanges?q=', 'exchange/', 'inventory?q=', 'inventory?service=', 'inventory?sort=', 'inventory?class=', 'inventory?group=', 'inventory?group=tag&closed=', 'inventory/', 'apis?api=', 'apis?service=', 'retirement?state=', 'retirement?service=', 'third-parties?service=', 'posture?flaw=', 'posture?service=', 'contracts?q=', 'contracts?service=', 'contracts?held=', 'contracts?kind=', 'contracts/', 'objects?endpoint=', 'objects?subject=', 'objects?clause=', 'objects?held_back=', 'objects/', 'changes?what=', 'changes?service=', 'changes?day=', 'drift?kind=', 'drift?q=', 'drift?service=', 'hunt?sql=', 'settings/', 'ledger?entry=', 'settings?q=', '']) {
    await go(page, `#/${path}${attack}`);
    await page.waitForTimeout(150);
    await expect_inert(page);
  }
  expect_calm(seen);
});
