/** Contracts: what endpoints are held to is read, filtered, decided, contested and rolled back. */
import { expect, test, type Page } from '@playwright/test';
import { expect_calm, go, login, row, watch } from './support';

const clause = (page: Page, says: string) => page.locator('.clause').filter({ hasText: says });

test('contracts say what is held, and filters find it', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'viewer');
  await page.getByRole('link', { name: 'Contracts' }).click();
  await expect(page.getByText('6 clauses of 4 endpoints; 3 proposed, 1 in force')).toBeVisible();
  const roles = clause(page, 'No call sets balance, id, role');
  await expect(roles).toContainText('412 calls by about 60 callers; at most 5 % of callers would be hurt');
  await expect(roles).toContainText('Harm');
  await expect(page.getByRole('button', { name: /^Put in force/ })).toHaveCount(0);
  await page.getByLabel('How they are held').selectOption('in_force');
  await expect(page.locator('.clause')).toHaveCount(1);
  await expect(page.locator('.clause')).toContainText(/Canary.*by console: orders belong to who made them/s);
  await page.getByLabel('How they are held').selectOption('');
  await page.getByLabel('Harm or habit').selectOption('habit');
  await expect(page.locator('.clause')).toHaveCount(3);
  await page.getByRole('searchbox', { name: 'Search' }).fill('quantity');
  await expect(page.locator('.clause')).toHaveCount(1);
  expect_calm(seen);
});

test('contracts are decided with a reason, and rolled back', async ({ page }) => {
  const sent: unknown[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET' && request.url().includes('/contract/')) sent.push(request.postDataJSON());
  });
  await login(page, 'operator', '#/contracts?service=shop');
  await page.getByRole('button', { name: /^Put in force… ?: shape.read_only/ }).click();
  const dialog = page.getByRole('dialog', { name: 'How calls are held to this' });
  await expect(dialog).toContainText('at most 5 % of callers would be hurt');
  await expect(dialog.getByLabel('It is held as')).toHaveValue('canary');
  await dialog.getByLabel('It is held as').selectOption('enforce');
  await expect(dialog).toContainText('Everybody is held to it at once.');
  await dialog.getByRole('button', { name: 'Decide' }).click();
  expect(sent).toEqual([]);
  await dialog.getByLabel('Reason').fill('nobody sets role');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(clause(page, 'No call sets balance')).toContainText(/In force.*by console: nobody sets role/s);
  expect(sent).toEqual([{ force: 'enforce', reason: 'nobody sets role', revision: 1 }]);
  await page.getByRole('link', { name: 'History' }).click();
  await expect(page.getByText('2 changes; revision 2 is in force')).toBeVisible();
  await expect(page.getByText(/orders 2\.1\.0\s*runs until/)).toBeVisible();
  await page.getByRole('button', { name: 'Roll back to here… 1' }).click();
  const back = page.getByRole('dialog', { name: 'Roll back to revision 1' });
  await expect(back).toContainText('What 1 later change decided is taken back.');
  await expect(back.getByRole('list', { name: 'What would change' })).toContainText('POST /users: shape.read_only Enforce → Undecided');
  await back.getByLabel('Reason').fill('too early');
  await back.getByRole('button', { name: 'Roll back', exact: true }).click();
  await expect(page.getByText('3 changes; revision 3 is in force')).toBeVisible();
  await expect(page.getByRole('row').nth(1)).toContainText(/Enforce → Withdraw.*too early/s);
});

test('contracts that somebody else changed meanwhile are shown anew, and nothing is lost', async ({ page }) => {
  await login(page, 'operator', '#/contracts?service=shop');
  const button = page.getByRole('button', { name: /^Put in force… ?: shape.read_only/ });
  await button.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('nobody sets role');
  // Another page of the same session decides first.
  await page.evaluate(async () => {
    const { csrf } = (await (await fetch('/api/v1/me')).json()) as { csrf: string };
    const headers = { 'Content-Type': 'application/json', 'X-Bartizan-CSRF': csrf };
    const body = JSON.stringify({ force: 'observe', reason: 'look first', revision: 1 });
    await fetch('/api/v1/contract/00000000000000a0', { method: 'PUT', headers, body });
  });
  await dialog.getByRole('button', { name: 'Decide' }).click();
  await expect(dialog.getByRole('alert')).toContainText('you saw revision 1, it is 2 by now');
  await dialog.getByRole('button', { name: 'Reload the contract' }).click();
  await expect(dialog).toBeHidden();
  await expect(clause(page, 'No call sets balance')).toContainText('look first');
});

test('contracts of an endpoint stand on its page', async ({ page }) => {
  await login(page, 'viewer', '#/inventory?q=/orders');
  await row(page, /POST\s*\/orders(?!\/)/).locator('a').first().click();
  await expect(page.getByRole('heading', { name: 'Clauses' })).toBeVisible();
  await expect(clause(page, 'No call sets state, total')).toBeVisible();
  await page.getByRole('link', { name: 'All clauses of this service' }).click();
  await expect(page).toHaveURL(/#\/contracts\?service=orders/);
  await go(page, '#/contracts/history');
  await expect(page.getByRole('link', { name: 'History' })).toHaveAttribute('aria-current', 'page');
});
