/** Drift: differences by operation, filters, the way to an endpoint, keys, and what is said where nothing differs or is described. */
import { expect, test, type Page } from '@playwright/test';
import { expect_calm, login, watch } from './support';

/** A described service. */
const panel = (page: Page, service: string) => page.locator('section.panel').filter({ has: page.getByRole('heading', { level: 2, name: service, exact: true }) });
/** What differs at one method and path. */
const operation = (page: Page, name: string) => page.locator('ol.operations > li').filter({ has: page.getByRole('heading', { level: 3, name, exact: true }) });

test('differences stand by method and path, with their kind, where and how often, and lead to the endpoint', async ({ page }) => {
  const seen = watch(page);
  await login(page, 'viewer', '#/drift');
  await expect(page.getByText('15 differences in 2 described services')).toBeVisible();
  const orders = panel(page, 'orders');
  await expect(orders).toContainText(/Described by openapi\/orders\.yaml,\s+given \d{4}-\d\d-\d\d .* \(3 d ago\)/);
  await expect(orders).toContainText('9 operations declared, 7 endpoints seen, 8 differences');
  const order = operation(page, 'GET /orders/{id}');
  await expect(order.getByRole('listitem')).toHaveCount(4);
  await expect(order).toContainText(/Status not declared\s*403 in answers\s*status 403 is not declared\s*41 of 8,120 answers/);
  await expect(order).toContainText(/Missing field\s*body \$\.currency in answers\s*required, and not there\s*12 of 180 messages/);
  await expect(operation(page, 'DELETE /orders/{orderId}')).toContainText(/Shadow\s*declared are GET, PUT\s*[\d,]+ calls, last .* ago/);
  await expect(operation(page, 'GET /v1/suggest')).toContainText(/Zombie\s*\/v2\/suggest is newer, and called as well/);
  const orphan = operation(page, 'PUT /orders/{id}');
  await expect(orphan).toContainText(/Orphan\s*declared, and no call was answered with success/);
  await expect(orphan.getByRole('link')).toHaveCount(0);
  await order.getByRole('link', { name: 'GET /orders/{id}' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('GET /orders/{orderId}');
  expect_calm(seen);
});

test('operations of one path are told apart', async ({ page }) => {
  await login(page, 'viewer', '#/drift?q=graphql');
  const graphql = operation(page, 'POST /graphql');
  await expect(graphql.getByRole('listitem')).toHaveCount(2);
  await expect(graphql).toContainText(/the path is not declared\s*at\s*graphql mutation pay/);
  await graphql.getByRole('link', { name: 'graphql query products' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('POST /graphql graphql query products');
});

test('differences are narrowed by kind, by a text and to a service, and the address keeps it', async ({ page }) => {
  await login(page, 'viewer', '#/drift');
  await page.getByLabel('Kind of difference').selectOption('Zombie');
  await expect(page).toHaveURL(/kind=zombie/);
  await expect(page.getByText('2 differences in 2 described services')).toBeVisible();
  await expect(page.locator('ol.operations > li')).toHaveCount(2);
  await page.reload();
  await expect(page.getByLabel('Kind of difference')).toHaveValue('zombie');
  await panel(page, 'orders').getByRole('link', { name: 'Field not declared 2' }).click();
  await expect(page).toHaveURL(/kind=undeclared_field/);
  await expect(page.locator('ol.operations > li')).toHaveCount(3);
  await page.getByLabel('Search').fill('voucher');
  await expect(page.getByText('1 difference in 2 described services')).toBeVisible();
  await expect(panel(page, 'shop')).toContainText('No difference of this service fits the filters.');
  await page.getByLabel('Service').selectOption('orders');
  await expect(panel(page, 'shop')).toHaveCount(0);
  await expect(page.getByText('bartizan import openapi FILE --service users')).toHaveCount(0);
  await page.getByLabel('Service').selectOption('users');
  await expect(page.getByText('bartizan import openapi FILE --service users', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page.getByText('15 differences in 2 described services')).toBeVisible();
});

test('what was not seen is told in words, and so is a base path that was left out', async ({ page }) => {
  await login(page, 'viewer', '#/drift');
  const shop = panel(page, 'shop');
  await expect(shop.getByText('No call came to the base paths of the servers')).toBeVisible();
  await expect(panel(page, 'orders').getByText('No call came to the base paths of the servers')).toHaveCount(0);
  await expect(shop.locator('.unseen').getByRole('listitem')).toHaveText([
    '40 calls of paths that no endpoint has. What counts as never called may be among them.',
    '2 endpoints or operations with a path longer than paths are told apart.',
    '9 requests or answers with a body of which the description says nothing.',
    '1 field with a name that is cut, or of which the description says more than is held.',
    '3 requests or answers of which fields found no room, or may have been cut off. No field of them counts as missing.',
  ]);
});

test('drift without a pointer, and a great deal of it', async ({ page }) => {
  await login(page, 'viewer+many');
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await expect(page.getByText('315 differences in 2 described services')).toBeVisible();
  const places = page.locator('.operation[href], .operation[tabindex]');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(places.nth(2)).toHaveText('PUT /orders/{id}');
  await expect(places.nth(2)).toBeFocused();
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('GET /orders/{orderId}');
  await page.goBack();
  await expect(panel(page, 'shop').locator('ol.operations > li')).toHaveCount(100);
  await page.getByRole('button', { name: 'Show 100 more' }).click();
  await expect(panel(page, 'shop').locator('ol.operations > li')).toHaveCount(200);
});

test('drift says where nothing differs, where nothing is described, and where nothing is known', async ({ page }) => {
  await login(page, 'viewer+agreed', '#/drift');
  await expect(panel(page, 'orders').getByText('Nothing that was seen differs from the description.')).toBeVisible();
  await expect(panel(page, 'orders').getByText('4 header fields that are declared.')).toBeVisible();
  await login(page, 'viewer+undescribed', '#/drift');
  await page.reload();
  await expect(page.getByText('Nothing is described')).toBeVisible();
  for (const name of ['orders', 'shop', 'users']) await expect(page.getByText(`bartizan import openapi FILE --service ${name}`, { exact: true })).toBeVisible();
  await login(page, 'viewer+empty', '#/drift');
  await page.reload();
  await expect(page.getByText('bartizan import', { exact: true })).toBeVisible();
  await login(page, 'viewer+failing', '#/drift');
  await page.reload();
  await expect(page.getByText('The gateway cannot do this now.')).toBeVisible();
});
