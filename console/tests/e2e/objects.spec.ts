/** Objects: the list is filtered and walked without a pointer, and each leads to its page and back. */
import { expect, test } from '@playwright/test';
import { expect_calm, login, watch } from './support';

test('uses of others’ objects are filtered, followed and left again', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'viewer', '#/objects');
  await expect(page.getByText('100 uses; there are older ones')).toBeVisible();
  await expect(page.getByText('of a sample of callers')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Only what was held back' }).check();
  await expect(page).toHaveURL(/held_back=true/);
  await expect(page.locator('ol > li')).toHaveCount(100);
  await expect(page.locator('ol > li').filter({ hasText: 'Would refuse' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Show older ones' }).click();
  await expect(page.getByRole('button', { name: 'Show older ones' })).toHaveCount(0);
  expect(await page.locator('ol > li').count()).toBeGreaterThan(100);

  await page.getByRole('combobox', { name: 'Clause' }).selectOption('ownership.request');
  const first = page.locator('ol > li').first();
  await expect(first).toContainText('ownership.request');
  const hash = (await first.locator('dd a').first().textContent()) ?? '';
  await first.locator('dd a').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Object ${hash}`);
  await expect(page.getByRole('table', { name: 'Named by' }).locator('tbody tr')).toHaveCount(2);
  await expect(page.locator('summary')).toHaveText('The same value as something else (1)');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/#\/objects\?.*clause=ownership.request.*held_back=true/);
  expect_calm(seen);
});

test('without a pointer, by letters and by the hash of an alert', async ({ page }) => {
  await login(page, 'viewer');
  await page.keyboard.press('g');
  await page.keyboard.press('b');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Objects');
  await expect(page.locator('a.use').first()).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(page.locator('a.use').nth(1)).toBeFocused();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('00000000000000a1');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Object 00000000000000a1');
  await expect(page.getByText('No answer that is kept gave it to anybody.')).toBeVisible();
});

test('a look that was cut says so', async ({ page }) => {
  await login(page, 'viewer+many', '#/objects');
  await expect(page.getByText('There are older ones that were not looked through')).toBeVisible();
});
