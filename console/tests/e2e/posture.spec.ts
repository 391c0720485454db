/** Posture and changes: ranks, groups, filters, deep links, keys, and what is said where there is nothing. */
import { expect, test, type Page } from '@playwright/test';
import { expect_calm, go, login, watch } from './support';

const flaws = (page: Page) => page.locator('button.flaw');
const risks = async (page: Page) =>
  (await page.locator('.facts .risk').allInnerTexts()).map((said) => Number(/risk (\d+) of 100/.exec(said)?.[1]));

test('flaws stand with the gravest first, and open what bartizan can hold and what is to be mended', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'viewer', '#/posture');
  await expect(page.getByText(/^\d+ of 29 endpoints have a weakness$/)).toBeVisible();
  await expect(page.getByText('Not seen by the source, and not judged: bodies of answers of 2 endpoints.')).toBeVisible();
  expect(await risks(page)).toEqual([...(await risks(page))].sort((a, b) => b - a));
  await expect(flaws(page).first()).toHaveText('Callers without a credential change something');
  await page.getByRole('button', { name: 'Callers without a credential change something' }).click();
  await expect(page.getByRole('row', { name: /POST \/graphql graphql query products/ })).toContainText(/\d of [\d,]+ calls/);
  await page.getByRole('button', { name: 'Answers hold passwords, keys or tokens' }).click();
  await expect(page).toHaveURL(/#\/posture\?flaw=secret_leaves/);
  await expect(page.getByText('bartizan cannot hold this yet')).toBeVisible();
  await expect(page.getByText('Leave the field out of the answer.')).toBeVisible();
  const rows = page.locator('.list tbody tr');
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText('160 of 180 messages');
  await expect(rows.first()).toContainText('body $.customer.password_hash: password_hash');
  await page.reload();
  await expect(rows).toHaveCount(1);
  await rows.first().getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('GET /users/{userId}');
  await page.goBack();
  await expect(page.getByRole('button', { name: 'Answers hold passwords, keys or tokens' })).toHaveAttribute('aria-expanded', 'true');
  expect_calm(seen);
});

test('flaws stand under their items of OWASP, and are narrowed to a service', async ({ page }) => {
  await login(page, 'viewer', '#/posture');
  await page.getByLabel('Group').selectOption('By OWASP item');
  await expect(page).toHaveURL(/group=owasp/);
  await expect(page.getByRole('heading', { level: 2 }).first()).toHaveText('API2:2023Broken authentication');
  await expect(page.getByRole('heading', { level: 3 }).first()).toHaveText('Callers without a credential change something');
  await page.getByLabel('Service').selectOption('orders');
  await page.getByText('what APIs owe').click();
  await expect(page.getByRole('row', { name: /A description was imported/ })).toContainText('met at 7');
  await expect(page.getByText(/^\d+ of 7 endpoints have a weakness$/)).toBeVisible();
  await expect(page.getByText('Answers hold passwords, keys or tokens')).toHaveCount(0);
  await page.reload();
  await expect(page.getByLabel('Service')).toHaveValue('orders');
  await expect(page.getByLabel('Group')).toHaveValue('owasp');
  await go(page, '#/posture?service=gone');
  await expect(page.getByText('No endpoint is known of this service.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).last().click();
  await expect(flaws(page).first()).toBeVisible();
});

test('flaws without a pointer: from one to the next, open, an endpoint, and closed', async ({ page }) => {
  await login(page, 'viewer');
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await expect(flaws(page).first()).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await expect(flaws(page).nth(1)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(flaws(page).nth(1)).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('Tab');
  await expect(page.locator('.list tbody a').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(flaws(page).nth(1)).toHaveAttribute('aria-expanded', 'false');
});

test('a posture says where nothing is weak, where nothing is known, and where it cannot be asked', async ({ page }) => {
  await login(page, 'viewer+many', '#/posture?service=reports');
  await expect(page.getByText('0 of 1,200 endpoints have a weakness')).toBeVisible();
  await expect(page.getByText('credentials of 1,200 endpoints, heads of answers of 1,200 endpoints, bodies of answers of 1,200 endpoints')).toBeVisible();
  await expect(page.getByText('What the source did not show is not judged.')).toBeVisible();
  await login(page, 'viewer+empty', '#/posture');
  await page.reload();
  await expect(page.getByText('bartizan import', { exact: true })).toBeVisible();
  await login(page, 'viewer+failing', '#/posture');
  await page.reload();
  await expect(page.getByText('The gateway cannot do this now.')).toBeVisible();
});

test('changes stand by day, the latest first, with what is new and where', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'viewer', '#/changes');
  await expect(page.getByText('12 changes')).toBeVisible();
  const days = await page.getByRole('heading', { level: 2 }).allInnerTexts();
  expect(days.length).toBeGreaterThan(3);
  expect(days).toEqual([...days].sort().reverse());
  const of = (text: string) => page.getByRole('listitem').filter({ hasText: text });
  await expect(of('body $.passport')).toContainText('New field in answers');
  await expect(of('body $.passport').locator('.class')).toHaveText('passport');
  await expect(of('body $.voucher')).toContainText('no data class recognised');
  await expect(of('body $.state')).toContainText('New value in answers');
  await expect(of('answered 500')).toContainText('New status');
  await expect(of('/categories/{category}')).toContainText(/Silent since.*no call for a week or more, after \d+ calls from about \d+ subjects/s);
  await expect(of('graphql mutation pay').getByRole('link')).toHaveText('POST /graphql graphql mutation pay');
  await page.getByLabel('Kind of change').selectOption('New status');
  await expect(page).toHaveURL(/what=status/);
  await expect(page.getByText('2 changes')).toBeVisible();
  await page.getByLabel('Service').selectOption('shop');
  await expect(page.getByText('No change fits the filters.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).last().click();
  await page.getByRole('link', { name: 'GET /users/{userId}', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('GET /users/{userId}');
  expect_calm(seen);
});

test('a digest counts changes by day and service, and picking one narrows the feed to it', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'viewer', '#/changes');
  const rows = page.locator('tbody tr');
  const numbers = async () => (await rows.locator('td.number').allInnerTexts()).map((cell) => Number(cell) || 0).reduce((sum, it) => sum + it, 0);
  await expect(page.getByText('12 changes')).toBeVisible();
  expect(await numbers()).toBe(12);
  const days = (await rows.locator('th').allInnerTexts()).map((said) => said.slice(0, 10));
  expect(days).toEqual([...days].sort().reverse());
  const passport = page.getByRole('listitem').filter({ hasText: 'body $.passport' });
  const day = await page.locator('section.panel').filter({ has: passport }).getByRole('heading').innerText();
  const of_users = rows.filter({ hasText: day }).filter({ hasText: 'users' });
  await of_users.getByRole('rowheader').getByRole('link').focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`day=${day}&service=users`));
  await expect(page.getByLabel('Day')).toHaveValue(day);
  await expect(passport).toBeVisible();
  for (const link of await page.locator('a.change').allInnerTexts()) expect(link).toContain('/users');
  await of_users.getByRole('link', { name: /^1, Fields answered/ }).click();
  await expect(page).toHaveURL(/what=response_field/);
  await expect(page.locator('a.change')).toHaveCount(1);
  await expect(of_users.getByRole('link', { name: /^1, Fields answered/ })).toHaveAttribute('aria-current', 'true');
  await page.reload();
  await expect(page.locator('a.change')).toHaveCount(1);
  await of_users.getByRole('link', { name: /^1, Fields answered/ }).click();
  await expect(page.getByText('12 changes')).toBeVisible();
  expect_calm(seen);
});

test('changes without a pointer, and many of them', async ({ page }) => {
  await login(page, 'viewer+many');
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await expect(page.getByText('1,000 changes')).toBeVisible();
  await expect(page.getByText('112 earlier changes are not shown, and not searched.')).toBeVisible();
  await expect(page.locator('a.change')).toHaveCount(200);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(page.locator('a.change').nth(1)).toBeFocused();
  await page.getByRole('button', { name: 'Show 200 more' }).click();
  await expect(page.locator('a.change')).toHaveCount(400);
});

test('where nothing changed, it is said what is no change', async ({ page }) => {
  await login(page, 'viewer+empty', '#/changes');
  await expect(page.getByText('No change yet')).toBeVisible();
  await expect(page.getByText('What was there in the first hour is no change.')).toBeVisible();
});

test('how posture went is told in a sentence, in a chart and in a table', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'viewer', '#/posture');
  await expect(page.getByText('Over 40 days, weak endpoints went from 14 to 7; 3 of them are at high risk now.')).toBeVisible();
  await page.getByRole('button', { name: 'Show as table' }).click();
  await expect(page.getByRole('table', { name: 'Day by day' }).or(page.locator('details table')).first().locator('tbody tr')).toHaveCount(40);
  expect_calm(seen);
});

test('whom messages point to is listed with its places, and with each endpoint', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'viewer', '#/third-parties');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Third parties');
  await expect(page.locator('.list > li')).toHaveCount(2);
  await expect(page.locator('.list > li').first()).toContainText('*.hooks.example');
  await expect(page.locator('.list > li').last()).toContainText('its own');
  await page.locator('.list > li').first().getByRole('link').first().click();
  await expect(page.getByRole('heading', { name: 'Hosts in URLs' })).toBeVisible();
  await expect(page.getByRole('row', { name: /hooks\.example/ })).toContainText('sent by clients');
  expect_calm(seen);
});
