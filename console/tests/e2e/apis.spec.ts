/** APIs and retirement: what is said and proposed, confirmed and taken back, and what goes. */
import { expect, test, type Page } from '@playwright/test';
import { expect_calm, go, login, row, watch } from './support';

const api = (page: Page, name: string) => page.locator('section.panel').filter({ has: page.getByRole('button', { name, exact: true }) });
const part = (page: Page, name: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });

test('each part of a profile says what counts, whence, and what traffic proposes', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'viewer', '#/inventory');
  await page.getByRole('link', { name: 'APIs', exact: true }).click();
  await expect(page).toHaveURL(/#\/apis$/);
  await expect(page.getByText('3 APIs; 2 with something that traffic proposes and nobody confirmed')).toBeVisible();
  await expect(api(page, 'users')).toContainText(/2 proposed.*Audience not known.*No owner.*6 endpoints/s);
  await page.getByRole('button', { name: 'orders', exact: true }).click();
  await expect(page).toHaveURL(/api=orders/);
  await expect(part(page, 'Audience')).toContainText(/partner\s*confirmed\s*partner: callers show keys, from few public addresses, 8,120 of 8,840/);
  await expect(part(page, 'Subject kind')).toContainText(/nobody said\s*only proposed\s*programs: tokens name the client itself/);
  await expect(part(page, 'Tenant')).toContainText(/claim:tid\s*confirmed\s*Nothing proposed:/);
  await expect(part(page, 'Environment')).toContainText(/production\s*configured\s*Traffic does not tell\./);
  await expect(page.getByText(/^Confirmed \d{4}-\d\d-\d\d .* by console/)).toBeVisible();
  await expect(api(page, 'orders')).toContainText(/Ada Berg.*checkout.*paymentspci/s);
  await expect(page.getByText('Your role is viewer. This takes the role operator')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Confirm/ })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('button', { name: 'orders', exact: true })).toHaveAttribute('aria-expanded', 'true');
  expect_calm(seen);
});

test('a baseline says what is met, missing and unknown, and leads to where something is missing', async ({ page }) => {
  await login(page, 'viewer', '#/apis?api=orders');
  const duty = (name: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });
  await expect(page.getByText('What each endpoint owes, as configured.')).toBeVisible();
  await expect(duty('A description was imported')).toContainText('met at 7');
  await expect(duty('Tokens say what they are good for')).toContainText('unknown at 7');
  await duty('Calls are limited').getByRole('link', { name: /^missing at \d/ }).click();
  await expect(page).toHaveURL(/#\/posture\?flaw=baseline_rate_limit&service=orders/);
  await expect(page.getByRole('button', { name: 'Calls should be limited, and never were' })).toHaveAttribute('aria-expanded', 'true');
  await go(page, '#/apis?api=shop');
  await expect(page.getByText('as is usual for its audience')).toBeVisible();
  await go(page, '#/apis?api=users');
  await expect(page.getByText('Nothing is owed: nobody said whom it is for, nor configured a baseline.')).toBeVisible();
});

test('a proposal is confirmed, changed, taken back and undone', async ({ page }) => {
  const sent: unknown[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PUT') sent.push(request.postDataJSON());
  });
  const seen = watch(page);
  await login(page, 'operator', '#/apis?api=users');
  await page.getByRole('button', { name: 'Confirm profile users' }).click();
  const dialog = page.getByRole('dialog', { name: 'What users is' });
  await expect(dialog.getByLabel('Audience')).toHaveValue('internal');
  await expect(dialog.getByLabel('Tenant')).toHaveValue('path:2');
  await expect(dialog).toContainText('Traffic proposes internal: almost all addresses are private, 198 of 204.');
  await dialog.getByLabel('Audience').selectOption('public');
  await dialog.getByRole('button', { name: /^Take the proposal ?: Audience$/ }).click();
  await expect(dialog.getByLabel('Audience')).toHaveValue('internal');
  await dialog.getByLabel('Environment').fill('staging');
  await dialog.getByRole('button', { name: 'Confirm', exact: true }).click();
  await expect(dialog).toHaveCount(0);
  expect(sent).toEqual([{ audience: 'internal', subject_kind: null, tenant: 'path:2', environment: 'staging' }]);
  await expect(part(page, 'Audience')).toContainText(/internal\s*confirmed/);
  await expect(part(page, 'Environment')).toContainText(/staging\s*confirmed/);
  await expect(page.getByText('as is usual for its audience')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Confirm profile users' })).toBeFocused();
  await page.getByRole('button', { name: 'Take back users' }).click();
  await expect(part(page, 'Audience')).toContainText(/nobody said\s*only proposed/);
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect(part(page, 'Audience')).toContainText(/internal\s*confirmed/);
  expect(sent.slice(1)).toEqual([{}, sent[0]]);
  expect_calm(seen);
});

test('what is configured cannot be changed here, says so, and keeps what was confirmed of it', async ({ page }) => {
  const sent: unknown[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PUT') sent.push(request.postDataJSON());
  });
  await login(page, 'operator', '#/apis?api=orders');
  await page.getByRole('button', { name: 'Confirm profile orders' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Environment')).toBeDisabled();
  await expect(dialog.getByLabel('Environment')).toHaveValue('production');
  await expect(dialog.getByText('It is configured: change it in the file.')).toHaveCount(1);
  await expect(dialog.getByLabel('Tenant')).toHaveValue('claim:tid');
  await dialog.getByLabel('Tenant').fill('path:17');
  await dialog.getByRole('button', { name: 'Confirm', exact: true }).click();
  expect(await dialog.getByLabel('Tenant').evaluate((input: HTMLInputElement) => input.validity.patternMismatch)).toBe(true);
  expect(sent).toEqual([]);
  await dialog.getByLabel('Tenant').fill('');
  await dialog.getByRole('button', { name: 'Confirm', exact: true }).click();
  await expect(dialog).toHaveCount(0);
  expect(sent).toEqual([{ audience: 'partner', subject_kind: 'workload', tenant: null, environment: null }]);
});

test('where all of a profile is configured, nothing is left to confirm', async ({ page }) => {
  await page.route('**/api/v1/apis', async (route) => {
    const response = await route.fetch();
    const told = (await response.json()) as { apis: Record<string, unknown>[] };
    const configured = { value: 'host', source: 'configured', configured: 'host', confirmed: null, proposed: null };
    await route.fulfill({ response, json: { ...told, apis: told.apis.map((it) => ({ ...it, audience: configured, subject_kind: configured, tenant: configured, environment: configured })) } });
  });
  await login(page, 'operator', '#/apis?api=users');
  await expect(page.getByText('All of it is configured: change it in the file.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Confirm/ })).toHaveCount(0);
});

test('a confirmation that fails says why, and keeps what was entered', async ({ page }) => {
  await login(page, 'operator', '#/apis?api=users');
  await page.route('**/apis/users/profile', (route) =>
    route.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify({ code: 'input', title: 'what was sent cannot be used', detail: 'tenant: `path:2` is none of host' }) }),
  );
  await page.getByRole('button', { name: 'Confirm profile users' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Environment').fill('staging');
  await dialog.getByRole('button', { name: 'Confirm', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('The gateway did not accept what was entered.');
  await expect(dialog.getByRole('alert')).toContainText('tenant: `path:2` is none of host');
  await expect(dialog.getByLabel('Environment')).toHaveValue('staging');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
});

test('APIs without a pointer, where none is known, and where what is kept cannot be read', async ({ page }) => {
  await login(page, 'viewer');
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  const all = page.locator('button.api');
  await expect(all).toHaveCount(3);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(all.nth(1)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(all.nth(1)).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('Escape');
  await expect(all.nth(1)).toHaveAttribute('aria-expanded', 'false');
  await go(page, '#/apis?service=users');
  await expect(all).toHaveCount(1);
  await expect(all).toHaveAttribute('aria-expanded', 'true');
  await all.click();
  await expect(all).toHaveAttribute('aria-expanded', 'false');
  await login(page, 'viewer+empty', '#/apis');
  await page.reload();
  await expect(page.getByText('No API is configured or called yet.')).toBeVisible();
  await login(page, 'viewer+fault', '#/apis');
  await page.reload();
  await expect(page.getByText('What is kept of APIs cannot be read or written: profiles.json, line 3: is not what was written')).toBeVisible();
});

test('what can go stands first, and what is overdue stands out', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'viewer');
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  const marks = page.locator('li.panel');
  await expect(page.getByText('5 marks: 1 ready to go, 1 overdue, 1 still called, 1 waiting, 1 gone')).toBeVisible();
  await expect(marks.locator('.head .badge')).toHaveText([/Ready to go/, /Overdue/, /Still called/, /Waiting/, /Gone/]);
  await expect(marks.nth(0)).toContainText(/GET \/orders\/\{orderId\}\/invoice\.pdf.*Nobody called for a week: it can go\..*30 days left.*41 since it is deprecated, 0 in the last 7 days/s);
  await expect(marks.nth(1)).toContainText(/no day left.*9 in the last 7 days, 12 after its last day.*claim of a token: 2,605 calls from about 2/s);
  await expect(marks.nth(2)).toContainText(/any method \/orders\/\{id\}\/refund/);
  await expect(marks.nth(3)).toContainText(/not decided.*none that is kept.*nobody since it is deprecated.*none that was called/s);
  const background = (at: number) => marks.nth(at).evaluate((it) => getComputedStyle(it).backgroundColor);
  expect(await background(1)).not.toBe(await background(0));
  await page.getByLabel('State').selectOption('Overdue');
  await expect(page).toHaveURL(/state=overdue/);
  await expect(marks).toHaveCount(1);
  await page.keyboard.press('Escape');
  await page.getByLabel('State').blur();
  await page.keyboard.press('j');
  await expect(marks.getByRole('link', { name: 'GET /v1/suggest' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('GET /v1/suggest');
  await expect(page.getByText(/deprecated since \d{4}-\d\d-\d\d/).first()).toBeVisible();
  await expect(page.getByText(/last day \d{4}-\d\d-\d\d/).first()).toBeVisible();
  await page.getByRole('link', { name: 'who still calls' }).click();
  await expect(page).toHaveURL(/#\/retirement\?service=shop/);
  await expect(marks).toHaveCount(2);
  expect_calm(seen);
});

test('where nothing goes, and where nothing fits, it is said', async ({ page }) => {
  await login(page, 'viewer+empty', '#/retirement');
  await expect(page.getByText('Nothing is marked for retirement. Endpoints that go are named in the configuration file, under retire.')).toBeVisible();
  await login(page, 'viewer', '#/retirement?state=nothing');
  await page.reload();
  await expect(page.getByText('No mark fits the filters.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).last().click();
  await expect(page.locator('li.panel')).toHaveCount(5);
});

test('an endpoint says whose it is, whom it is for, what it owes, and shows a class of the configuration', async ({ page }) => {
  await login(page, 'viewer', '#/inventory?q=cart');
  await row(page, 'GET/cart').locator('a').click();
  const about = page.locator('section.panel').filter({ has: page.getByRole('heading', { name: 'About it' }) });
  await expect(about).toContainText(/Owner\s*Mara Lind\s*Team\s*storefront\s*Audience\s*public\s*Tags\s*web/);
  await expect(page.getByRole('listitem').filter({ hasText: 'Clients speak TLS' })).toContainText('met');
  await expect(page.getByRole('row', { name: /^body \$\.customer\.loyalty_number/ })).toContainText(/loyalty_number\s+personal\s+A class from the configuration\. \d+ of \d+ values fit/);
  await go(page, '#/inventory?q=refund');
  await row(page, 'refund').locator('a').click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Tokens say what they are good for' })).toContainText('unknown');
  await go(page, '#/inventory?q=avatar');
  await row(page, 'avatar').locator('a').click();
  await expect(about).toContainText(/Owner\s*not said/);
  await expect(page.getByRole('heading', { name: 'Baseline' })).toHaveCount(0);
});
