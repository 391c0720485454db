/** The inventory and its endpoints: search, order, deep links, the way there and back, what is said where something is missing. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { expect_calm, go, login, row, watch } from './support';

const first_row = 'tbody tr[data-index="0"]';

test('the inventory is searched as one types, narrowed to a service, and the address keeps it', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'viewer', '#/inventory');
  await expect(page.getByText('29 endpoints of 3 services; 40 exchanges of paths that no endpoint has')).toBeVisible();
  await page.getByRole('combobox', { name: 'Service' }).selectOption('orders');
  await expect(page.getByText('7 endpoints of 1 service; 0 exchanges of paths that no endpoint has')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search' }).pressSequentially('refund');
  await expect(page).toHaveURL(/inventory\?q=refund&service=orders/);
  await expect(page.getByText('1 endpoint fits the filters')).toBeVisible();
  await expect(page.locator('tbody tr[data-index]')).toHaveCount(1);
  await page.reload();
  await expect(page.getByRole('searchbox', { name: 'Search' })).toHaveValue('refund');
  await expect(page.getByRole('combobox', { name: 'Service' })).toHaveValue('orders');
  await expect(page.locator('tbody tr[data-index]')).toHaveCount(1);
  await page.getByRole('searchbox', { name: 'Search' }).fill('nothing-like-it');
  await expect(page.getByText('No endpoint fits the filters.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).last().click();
  await expect(page.locator('tbody tr[data-index]').nth(20)).toBeVisible();
  expect_calm(seen);
});

test('classes stand with the most sensitive first, and narrow the list', async ({ page }) => {
  await login(page, 'viewer', '#/inventory?q=users');
  const user = row(page, 'GET/users/{userId}');
  await expect(user.locator('.class')).toHaveText(['password_hash', 'passport', 'full_name']);
  await expect(user.locator('.more')).toHaveText('+2: email, phone');
  await go(page, '#/inventory');
  await page.getByRole('combobox', { name: 'Data class' }).selectOption('full_name');
  await expect(page).toHaveURL(/class=full_name/);
  await expect(page.getByText('6 endpoints fit the filters')).toBeVisible();
  await expect(page.locator('tbody tr[data-index]')).toHaveCount(6);
  await page.getByRole('combobox', { name: 'Service' }).selectOption('users');
  await expect(page.locator('tbody tr[data-index]')).toHaveCount(2);
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'Data class' })).toHaveValue('full_name');
  await expect(page.locator('tbody tr[data-index]')).toHaveCount(2);
});

test('another order, or a class, is asked of more endpoints than the most called', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/inventory?')) asked.push(new URL(request.url()).searchParams.get('limit') ?? '');
  });
  await login(page, 'viewer+many', '#/inventory');
  await expect(page.getByText('729 more endpoints are not shown.')).toBeVisible();
  await page.getByRole('button', { name: 'Risk', exact: true }).click();
  await expect(page.getByText('are not shown')).toHaveCount(0);
  await expect(page.getByRole('columnheader', { name: 'Risk' })).toHaveAttribute('aria-sort', 'descending');
  expect(asked).toEqual(['500', '5000']);
});

test('rows stand under their services, in sight and far below, and keys pass the headings', async ({ page }) => {
  await login(page, 'viewer+many', '#/inventory');
  await page.getByLabel('Group by').selectOption('By service');
  await expect(page).toHaveURL(/group=service/);
  await expect(page.getByRole('rowheader', { name: /^orders 7 endpoints highest risk \d+ of 100$/ })).toBeVisible();
  await page.getByLabel('Group by').blur();
  await page.keyboard.press('j');
  const orders = page.getByRole('button', { name: /^orders/ });
  await expect(orders).toBeFocused();
  await page.keyboard.press('j');
  await expect(page.locator('tr[data-index="0"] a')).toBeFocused();
  await expect(page.locator('tr[data-index="0"]')).toHaveAttribute('aria-rowindex', '3');
  await page.keyboard.press('End');
  const last = page.locator('tr[data-index="1228"]');
  await expect(last.locator('a')).toBeFocused();
  await expect(last).toBeInViewport();
  await expect(last).toHaveAttribute('aria-rowindex', '1234');
  await expect(page.getByRole('table')).toHaveAttribute('aria-rowcount', '1234');
  expect(await page.locator('tbody tr[data-line]').count()).toBeLessThan(80);
});

test('groups are closed and opened by keys and by pointer, and the address keeps it', async ({ page }) => {
  const seen = watch(page);
  await page.setViewportSize({ width: 1280, height: 1800 });
  await login(page, 'viewer', '#/inventory?group=service');
  const orders = page.getByRole('button', { name: /^orders/ });
  const shown = page.locator('tbody tr[data-index]');
  await expect(shown).toHaveCount(29);
  await orders.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(orders).toHaveAttribute('aria-expanded', 'false');
  await expect(orders).toBeFocused();
  await expect(page).toHaveURL(/closed=orders/);
  await expect(shown).toHaveCount(22);
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('button', { name: /^shop/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(shown).toHaveCount(6);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowRight');
  await expect(shown).toHaveCount(13);
  await page.reload();
  await expect(shown).toHaveCount(13);
  await page.getByRole('button', { name: 'Close all groups' }).click();
  await expect(shown).toHaveCount(0);
  await expect(page.getByRole('table')).toHaveAttribute('aria-rowcount', '4');
  await page.getByRole('button', { name: /^users/ }).click();
  await expect(shown).toHaveCount(6);
  await page.getByLabel('Group by').selectOption('Not grouped');
  await expect(page).not.toHaveURL(/closed/);
  await expect(shown).toHaveCount(29);
  expect_calm(seen);
});

test('an endpoint with two tags or classes stands in both groups, and those with none come last', async ({ page }) => {
  await login(page, 'viewer', '#/inventory');
  const heads = page.getByRole('rowheader');
  const texts: [string, string[]][] = [
    ['By tag', ['payments', 'pci', 'web', 'No tag']],
    ['By owner', ['Ada Berg', 'Mara Lind', 'No owner']],
    ['By team', ['checkout', 'storefront', 'No team']],
    ['By audience', ['partner', 'public', 'Audience not known']],
  ];
  await page.setViewportSize({ width: 1280, height: 2400 });
  for (const [by, names] of texts) {
    await page.getByLabel('Group by').selectOption(by);
    await expect(heads).toHaveText(names.map((name) => new RegExp(`^${name}`)));
  }
  await page.getByLabel('Group by').selectOption('By data class');
  await expect(heads.first()).toHaveText(/^email/);
  await expect(heads.last()).toHaveText(/^No data class/);
  await page.getByRole('searchbox', { name: 'Search' }).fill('GET /users/{userId}');
  await expect(page.locator('tbody tr[data-index]').filter({ hasText: '/users/{userId}' }).filter({ hasText: 'password_hash' })).toHaveCount(5);
});

test('endpoints are selected one by one, in a range and all, and taken along', async ({ page, context }) => {
  const seen = watch(page);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await login(page, 'analyst', '#/inventory?sort=template&service=orders');
  const box = (at: number) => page.locator(`tr[data-index="${at}"] input`);
  const bar = page.getByRole('group', { name: 'Selected endpoints' });
  await expect(bar).toHaveCount(0);
  await box(1).click();
  await box(4).click({ modifiers: ['Shift'] });
  await expect(bar).toContainText('4 endpoints selected');
  await box(2).click();
  await expect(bar).toContainText('3 endpoints selected');
  await bar.getByRole('button', { name: 'Copy list' }).click();
  const list = await page.evaluate(() => navigator.clipboard.readText());
  expect(list.split('\n').slice(0, -1).every((line) => /^[A-Z]+ \/orders\S* \(orders\)$/.test(line))).toBe(true);
  expect(list.split('\n')).toHaveLength(4);
  for (const [name, form] of [['CSV', 'endpoints.csv'], ['JSON', 'endpoints.json']] as const) {
    const arriving = page.waitForEvent('download');
    await bar.getByRole('button', { name, exact: true }).click();
    const arrived = await arriving;
    expect(arrived.suggestedFilename()).toBe(form);
    const content = await readFile(await arrived.path(), 'utf8');
    if (name === 'JSON') expect((JSON.parse(content) as { owner: string }[]).map(({ owner }) => owner)).toEqual(['Ada Berg', 'Ada Berg', 'Ada Berg']);
    else expect(content.trim().split('\r\n')).toHaveLength(4);
  }
  await page.getByRole('searchbox', { name: 'Search' }).fill('refund');
  await expect(bar).toContainText(/\d endpoints? selected, and \d that the filters hide/);
  await page.getByRole('searchbox', { name: 'Search' }).fill('');
  await expect(bar).toContainText('3 endpoints selected');
  const all = page.getByLabel('Select all that are shown');
  await expect(all).toHaveJSProperty('indeterminate', true);
  await all.click();
  await expect(bar).toContainText('7 endpoints selected');
  await expect(all).toBeChecked();
  await all.click();
  await expect(bar).toHaveCount(0);
  expect_calm(seen);
});

test('endpoints are selected without a pointer, and hunted for', async ({ page }) => {
  await login(page, 'analyst', '#/inventory?sort=template&service=orders&q=GET');
  await expect(page.locator(first_row)).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+Space');
  const bar = page.getByRole('group', { name: 'Selected endpoints' });
  await expect(bar).toContainText('3 endpoints selected');
  await expect(page.locator('tr[data-index="2"] a')).toBeFocused();
  await bar.getByRole('link', { name: 'Hunt for these' }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/hunt\?/);
  const sql = page.getByRole('textbox', { name: 'SQL' });
  await expect(sql).toHaveValue(/where \(route = 'orders' and endpoint = 'GET \/orders'\)\n {3}or \(route = 'orders' and endpoint like 'GET \/orders\/%' and endpoint not like '%\/%\/%\/%'\)/);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByText('of memory at most')).toBeVisible();
});

test('hunting says which role it takes, and how many endpoints', async ({ page }) => {
  await login(page, 'viewer', '#/inventory?service=orders');
  const all = page.getByLabel('Select all that are shown');
  await all.click();
  await expect(page.getByText('Hunting for them takes the role analyst.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Hunt for these' })).toHaveCount(0);
  await login(page, 'analyst+many', '#/inventory');
  await page.reload();
  await all.click();
  await expect(page.getByText('500 endpoints selected')).toBeVisible();
  await expect(page.getByText('A hunt takes 50 endpoints at most.')).toBeVisible();
});

test('the inventory is sorted by any column; what is called most comes first', async ({ page }) => {
  await page.setViewportSize({ width: 1800, height: 800 });
  await login(page, 'viewer', '#/inventory');
  const head = (name: string) => page.getByRole('columnheader', { name });
  await expect(head('Calls')).toHaveAttribute('aria-sort', 'descending');
  const calls = async () => (await page.locator('tbody tr[data-index] td:nth-child(7)').allInnerTexts()).map((cell) => Number(cell.replaceAll(',', '')));
  await expect(page.locator(first_row)).toBeVisible();
  expect(await calls()).toEqual([...(await calls())].sort((a, b) => b - a));
  await page.getByRole('button', { name: 'Endpoint', exact: true }).click();
  await expect(head('Endpoint')).toHaveAttribute('aria-sort', 'ascending');
  await expect(page).toHaveURL(/sort=template$/);
  await expect(page.locator(first_row)).toContainText('/cart');
  await page.getByRole('button', { name: 'Endpoint', exact: true }).click();
  await expect(page).toHaveURL(/sort=template-/);
  await expect(page.locator(first_row)).toContainText('/v2/suggest');
  for (const name of ['Method', 'Service', 'Risk', 'Subjects', '4xx / 5xx', 'No credentials', 'Data classes', 'Last call']) {
    await page.getByRole('button', { name, exact: true }).click();
    await expect(head(name)).toHaveAttribute('aria-sort', /ending$/);
  }
  await page.getByRole('button', { name: 'Calls', exact: true }).click();
  await expect(page).toHaveURL(/#\/inventory$/);
});

test('an endpoint says who calls it, why its variables are some, and what passes there', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'viewer', '#/inventory?q=refund&sort=last-');
  await row(page, 'refund').locator('a').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('POST /orders/{orderId}/refund');
  await expect(page).toHaveURL(/#\/inventory\/[0-9a-f]{16}\?q=refund&sort=last-/);
  await expect(page.getByText('claim of a token')).toBeVisible();
  await expect(page.getByText('Values have the form of identifiers.')).toBeVisible();
  const limit = page.getByRole('row', { name: /^query limit/ });
  await expect(limit).toContainText('82 %');
  await expect(limit).toContainText('exactly 4');
  const iban = page.getByRole('row', { name: /^body \$\.customer\.iban/ });
  await expect(iban).toContainText(/iban\s+confidential\s+An international bank account number\. \d+ of \d+ values fit, \d+ %; may be masked/);
  await expect(page.getByRole('row', { name: /^body \$\.note/ })).toContainText(/string\s+nullable/);
  const prices = page.getByRole('row', { name: /price/ });
  await expect(prices).toContainText('string or number');
  await expect(prices).toContainText('mixed integer 151, text 12');
  await expect(prices).toContainText('up to 120 times');
  await expect(prices).toContainText(/about \d+/);
  await expect(page.getByText('3 further fields found no room.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Its requests carry what these answers hand out' })).toBeVisible();
  await expect(page.getByRole('row', { name: /items\[\*\]\.id/ })).toContainText(/orderId.*GET \/orders.*97 %/);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('POST /orders/{orderId}/refund');
  await page.getByRole('link', { name: 'All endpoints' }).click();
  await expect(page).toHaveURL(/#\/inventory\?q=refund&sort=last-/);
  await expect(page.getByRole('searchbox', { name: 'Search' })).toHaveValue('refund');
  expect_calm(seen);
});

test('an endpoint says what is weak about it, what holds it now, and what mends it', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'viewer', '#/inventory?q=refund');
  await row(page, 'refund').locator('a').click();
  const weakness = page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 3, name: 'Personal data goes to callers without a credential' }) });
  await expect(weakness).toContainText('API2:2023');
  await expect(weakness).toContainText(/risk \d+ of 100/);
  await expect(weakness).toContainText('Seen in 18 of 240 messages');
  await expect(weakness).toContainText('body $.customer.iban: iban');
  await expect(weakness).toContainText(/Hold now\s*Require client certificates on the route \(client_certificate: required\)/);
  await expect(weakness).toContainText(/Mend for good\s*Require a credential/);
  const open = page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 3, name: 'Any page may read the answers' }) });
  await expect(open).toContainText(/Hold now\s*bartizan cannot hold this yet/);
  await weakness.getByRole('link', { name: /^Endpoints with it/ }).click();
  await expect(page).toHaveURL(/#\/posture\?flaw=anonymous_data/);
  await expect(page.getByRole('button', { name: 'Personal data goes to callers without a credential' })).toHaveAttribute('aria-expanded', 'true');
  expect_calm(seen);
});

test('where one path carries many operations, each endpoint says which it is, and is found by it', async ({ page }) => {
  await login(page, 'viewer', '#/inventory?q=graphql');
  await expect(page.getByText('2 endpoints fit the filters')).toBeVisible();
  await expect(row(page, 'graphql query products')).toContainText('/graphql graphql query products');
  await page.getByRole('searchbox', { name: 'Search' }).fill('mutation pay');
  await expect(page.getByText('1 endpoint fits the filters')).toBeVisible();
  await row(page, 'mutation').locator('a').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('POST /graphql graphql mutation pay');
});

test('a class that was measured too little says that it is not masked', async ({ page }) => {
  await login(page, 'viewer', '#/inventory?q=users');
  await row(page, 'PATCH/users/{userId}').locator('a').click();
  await expect(page.getByRole('row', { name: /^body \$\.customer\.phone/ })).toContainText('; measured too little to be masked');
  await expect(page.getByRole('row', { name: /^body \$\.customer\.email/ })).toContainText('; may be masked');
});

test('what the source did not show is said to be unseen, never to be absent', async ({ page }) => {
  await login(page, 'viewer+many', '#/inventory?q=r0001');
  await row(page, 'r0001').locator('a').click();
  for (const what of ['Credentials', 'Heads of answers', 'Bodies of answers']) await expect(page.getByText(`${what}: not seen by the source`)).toBeVisible();
  await expect(page.getByText('Bodies of answers were not seen by the source, so nothing is said of their fields.')).toBeVisible();
  await expect(page.getByText('% of calls')).toHaveCount(0);
  await expect(page.getByText('none recognised')).toHaveCount(0);
  await expect(page.getByText('Nothing that was seen of this endpoint is weak.')).toBeVisible();
});

test('reasons of variables are sentences', async ({ page }) => {
  await login(page, 'viewer');
  for (const [search, says] of [
    ['categories', '54 different words stood there and were alike.'],
    ['items/{itemId}', '1,203 different words stood there: too many to be names.'],
    ['avatar', 'Values have the form of identifiers.'],
    ['health', 'The path has no variables.'],
    ['sessions', 'A person said so.'],
    ['metrics', 'A description that was imported says so.'],
  ] as const) {
    await go(page, `#/inventory?q=${encodeURIComponent(search)}`);
    await row(page, search).locator('a').click();
    await expect(page.getByText(says)).toBeVisible();
  }
});

test('the inventory without a pointer: search, rows, an endpoint, and back to its row', async ({ page }) => {
  await login(page, 'viewer');
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(page.locator(first_row)).toBeVisible();
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: 'Search' })).toBeFocused();
  await page.keyboard.type('users');
  await expect(page).toHaveURL(/q=users/);
  await expect(page.getByText('5 endpoints fit the filters')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search' }).blur();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowDown');
  const link = page.locator('tr[data-index="2"] a');
  await expect(link).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Fields of requests' })).toBeVisible();
  await expect(page.locator('main')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/#\/inventory\?q=users/);
  await expect(link).toBeFocused();
});

test('the description is downloaded', async ({ page }) => {
  await login(page, 'viewer', '#/inventory');
  const arriving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'OpenAPI' }).click();
  const arrived = await arriving;
  expect(arrived.suggestedFilename()).toBe('openapi.json');
  const description = JSON.parse(await readFile(await arrived.path(), 'utf8')) as { paths: object };
  expect(Object.keys(description.paths)).toContain('/orders/{orderId}');
  await page.route('**/inventory/openapi', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{}' }));
  await page.getByRole('button', { name: 'OpenAPI' }).click();
  await expect(page.getByText('The gateway cannot do this now.')).toBeVisible();
});

test('an empty inventory says what to do, one that is behind or full says so, and a large one draws what is in sight', async ({ page }) => {
  await login(page, 'viewer+empty', '#/inventory');
  await expect(page.getByText('Send traffic through bartizan, or import what was recorded:')).toBeVisible();
  await expect(page.getByText('bartizan import', { exact: true })).toBeVisible();
  await expect(page.getByText('Learning', { exact: true })).toBeVisible();
  await login(page, 'viewer+many+fault', '#/inventory');
  await page.reload();
  await expect(page.getByText('1,812 exchanges are still to be read')).toBeVisible();
  await expect(page.getByText('Of 12 exchanges nothing could be learnt')).toBeVisible();
  await expect(page.getByText('729 more endpoints are not shown.')).toBeVisible();
  expect(await page.locator('tbody tr[data-index]').count()).toBeLessThan(80);
});

test('what is no id is not asked for, and an unknown one is gone', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/inventory')) asked.push(request.url());
  });
  await login(page, 'viewer', '#/inventory/openapi');
  await expect(page.getByText('No endpoint with this id is known')).toBeVisible();
  await go(page, '#/inventory/..%2Fledger');
  await page.waitForTimeout(150);
  expect(asked).toEqual([]);
  await go(page, '#/inventory/0123456789abcdef');
  await expect(page.getByText('No endpoint with this id is known')).toBeVisible();
  expect(asked).toHaveLength(1);
});
