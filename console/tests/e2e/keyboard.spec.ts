/** The console without a pointer. */
import { expect, test } from '@playwright/test';
import { go, login } from './support';

test('from the overview to an exception and back, by keys alone', async ({ page }) => {
  await login(page, 'operator', '#/overview?since=7d');
  await expect(page.getByText('Traffic and decisions')).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('would refuse');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/effect=would_refuse/);
  await page.keyboard.press('/');
  await expect(page.getByLabel('Search')).toBeFocused();
  await page.keyboard.type('content.sql_injection');
  await expect(page).toHaveURL(/q=content.sql_injection/);
  await expect(page.locator('tbody tr[data-index="0"]')).toBeVisible();
  await page.getByLabel('Search').blur();
  await page.keyboard.press('j');
  await expect(page.locator('tr[data-index="0"] a')).toBeFocused();
  await page.keyboard.press('j');
  await expect(page.locator('tr[data-index="1"] a')).toBeFocused();
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Exchange', exact: true })).toBeFocused();
  const first = page.url();
  await page.keyboard.press('j');
  await expect(page.locator('tr.current')).toHaveAttribute('data-index', '1');
  await page.keyboard.press('k');
  await expect.poll(() => page.url()).toBe(first);
  const allow = page.getByRole('button', { name: 'Allow exactly this' });
  await expect(allow).toBeVisible();
  for (let steps = 0; steps < 20 && !(await allow.evaluate((button) => button === document.activeElement)); steps += 1) await page.keyboard.press('Tab');
  await expect(allow).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Why is this legitimate?')).toBeFocused();
  await page.keyboard.type('jjkk people write so');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('Exception in force');
  await page.keyboard.press('Escape');
  await expect(page.locator('tr[data-index="0"] a')).toBeFocused();
  await expect(page).not.toHaveURL(/[?&]id=/);
});

test('g and a letter go everywhere', async ({ page }) => {
  await login(page, 'admin');
  for (const [letter, screen] of [['l', 'live'], ['i', 'inventory'], ['a', 'apis'], ['r', 'retirement'], ['p', 'posture'], ['t', 'contracts'], ['c', 'changes'], ['d', 'drift'], ['e', 'exchanges'], ['h', 'hunt'], ['v', 'ledger'], ['s', 'settings'], ['o', 'overview']] as const) {
    await page.keyboard.press('g');
    await page.keyboard.press(letter);
    await expect(page).toHaveURL(new RegExp(`#/${screen}`));
    await expect(page.locator('main')).toBeFocused();
  }
});

test('single letters can be switched off, and Ctrl-K stays', async ({ page }) => {
  await login(page, 'admin');
  await page.keyboard.press('?');
  await page.getByLabel('Single letters are keys').uncheck();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('?');
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page).toHaveURL(/overview/);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('listbox')).toBeVisible();
});

test('the focus is seen, and the first tab leads past the rail', async ({ page }) => {
  await login(page, 'admin');
  await page.reload();
  await expect(page.getByText('Traffic and decisions')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outline);
  expect(outline).toContain('2px');
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
});

test('an id in the palette opens its exchange', async ({ page }) => {
  await login(page, 'admin', '#/exchanges?since=30d');
  await page.locator('tbody tr[data-index="0"] a').click();
  const id = new URL(page.url()).hash.match(/id=([0-9a-f-]+)/)?.[1] ?? '';
  await go(page, '#/overview');
  await page.keyboard.press('Control+k');
  await page.keyboard.type(id);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`exchange/${id}`));
});
