/** What people come for, from login to the end: overview, filters, deep links, exception and undo, hunt, ledger, roles. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { expect_calm, go, login, row, watch } from './support';

const toast = (page: Page) => page.getByRole('status', { name: 'Messages' });
const found = '#/exchanges?since=30d&effect=would_refuse&code=content.sql_injection';

test.describe('login', () => {
  test('posts the code once and takes it out of the address and the history', async ({ page }) => {
    const seen = watch(page);
    const urls: string[] = [];
    page.on('request', (request) => urls.push(request.url()));
    await page.goto('/#/login?code=admin');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Enforcing');
    expect(page.url()).toMatch(/#\/overview$/);
    expect(urls.some((url) => url.includes('code='))).toBe(false);
    await page.goBack();
    expect(page.url()).not.toContain('code=');
    expect_calm(seen);
  });

  test('says where a link comes from, when one is missing, used or throttled', async ({ page }) => {
    await page.goto('/');
    await expect(page.getByText('bartizan console', { exact: true })).toBeVisible();
    await page.goto('/#/login?code=used');
    await expect(page.getByText('the link was used already')).toBeVisible();
    await go(page, '#/login?code=busy');
    await expect(page.getByText('Wait 30 seconds.')).toBeVisible();
  });

  test('brings back to the address that was asked for, and logs out', async ({ page }) => {
    await login(page, 'viewer', '#/ledger');
    await page.getByRole('button', { name: 'Log out' }).click();
    await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible();
    await page.reload();
    await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible();
  });

  test('an answer of 401 in the middle asks to log in again', async ({ page }) => {
    await login(page, 'admin', '#/ledger');
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible();
  });
});

test('the overview says what is in force, and its numbers lead to the exchanges', async ({ page }) => {
  await login(page, 'viewer');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Enforcing 5 clauses, observing 7.');
  await expect(page.getByRole('img', { name: /^Decisions over time: \d+ refused/ })).toBeVisible();
  await page.getByLabel('Time range').selectOption('24h');
  await expect(page).toHaveURL(/since=24h/);
  await page.getByRole('link', { name: /^Refused/ }).click();
  await expect(page).toHaveURL(/exchanges\?outcome=refused&since=24h/);
  await expect(row(page, 'Refused')).toBeVisible();
});

test.describe('exchanges', () => {
  test('are filtered, and a copied link shows the same', async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await login(page, 'analyst', '#/exchanges?since=30d');
    await page.getByLabel('Outcome').selectOption('refused');
    await page.getByLabel('Endpoint').fill('/products');
    await expect(page).toHaveURL(/endpoint=%2Fproducts&outcome=refused/);
    const first = page.locator('tbody tr[data-index="0"] a');
    await expect(first).toContainText('/products');
    await first.click();
    await expect(page.getByRole('heading', { name: /was refused with status/ })).toBeVisible();
    await page.getByRole('button', { name: 'Copy link to what is shown' }).click();
    await expect(toast(page)).toContainText('Copied.');
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toMatch(/from=20\d\d-/);
    expect(link).not.toContain('since=');
    await page.goto('about:blank');
    await page.goto(link);
    await expect(page.getByRole('heading', { name: /was refused with status/ })).toBeVisible();
    await expect(page.getByLabel('Endpoint')).toHaveValue('/products');
    await expect(page.getByLabel('Outcome')).toHaveValue('refused');
    await expect(page.locator('tr.current')).toHaveCount(1);
  });

  test('follow as one scrolls, and only those in sight are drawn', async ({ page }) => {
    await login(page, 'viewer', '#/exchanges?since=30d');
    await expect(page.getByText('200 loaded; more follow')).toBeVisible();
    await row(page, /GET|POST|PATCH/).locator('a').focus();
    for (let pages = 0; pages < 3; pages += 1) {
      await page.keyboard.press('End');
      await expect(page.getByText(`${200 * (pages + 2)} loaded`)).toBeVisible();
    }
    expect(await page.locator('tbody tr[data-index]').count()).toBeLessThan(80);
  });

  test('of an unknown id are gone, and say what to try', async ({ page }) => {
    await login(page, 'viewer', '#/exchange/01a2007c-5611-7cc8-959e-000000000000');
    await expect(page.getByText('bartizan why 01a2007c-5611-7cc8-959e-000000000000')).toBeVisible();
  });
});

test('an exception is made for a reason, and undone', async ({ page }) => {
  await login(page, 'operator', found);
  await row(page, /GET|POST|PATCH/).locator('a').click();
  await page.getByRole('button', { name: 'Allow exactly this' }).click();
  const made = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/exceptions'));
  await page.getByLabel('Why is this legitimate?').fill('a test of our own');
  await page.getByRole('button', { name: 'Make exception' }).click();
  const sent = await made;
  expect(sent.postDataJSON()).toMatchObject({ clause: 'content.sqli', reason: 'a test of our own' });
  expect(sent.headers()['x-bartizan-csrf']).toMatch(/^[0-9a-f]{32}$/);
  await expect(toast(page)).toContainText('Exception in force until');
  await go(page, '#/settings/exceptions');
  await expect(page.getByText('a test of our own')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(toast(page)).toContainText('Undone.');
  await go(page, '#/settings/alerts');
  await go(page, '#/settings/exceptions');
  await expect(page.getByText('old mobile app')).toBeVisible();
  await expect(page.getByText('a test of our own')).toBeHidden();
});

test('a removed exception comes back with undo', async ({ page }) => {
  await login(page, 'operator', '#/settings/exceptions');
  await page.getByRole('button', { name: 'Remove exception from baseline.path' }).click();
  await expect(page.getByText('old mobile app')).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('old mobile app')).toBeVisible();
});

test('a sample is revealed for a reason', async ({ page }) => {
  await login(page, 'analyst', found);
  await row(page, /GET|POST|PATCH/).locator('a').click();
  await page.getByLabel('Why do you need to see it?').fill('customer complaint 4711');
  await page.getByRole('button', { name: 'Reveal' }).click();
  await expect(page.getByText('UNION SELECT name FROM users')).toBeVisible();
  await page.getByRole('button', { name: 'Hide again' }).click();
  await expect(page.getByText('UNION SELECT name FROM users')).toBeHidden();
});

test.describe('hunt', () => {
  test('runs, sorts and exports', async ({ page }) => {
    await login(page, 'analyst', '#/hunt?since=7d');
    await page.getByRole('button', { name: /Who was refused most/ }).click();
    const editor = page.getByLabel('SQL', { exact: true });
    await expect(editor).toHaveValue(/order by refused desc/);
    await editor.press('Control+Enter');
    await expect(page.getByText(/rows in 321 ms/)).toBeVisible();
    await page.getByRole('button', { name: 'times', exact: true }).click();
    await expect(page.getByRole('columnheader', { name: /times/ })).toHaveAttribute('aria-sort', 'ascending');
    await expect(page).toHaveURL(/sort=1/);
    for (const [name, begins] of [['CSV', 'code,times\r\n'], ['JSON', '[\n  {"code":'], ['NDJSON', '{"code":']] as const) {
      const arriving = page.waitForEvent('download');
      await page.getByRole('button', { name, exact: true }).click();
      const content = await readFile(await (await arriving).path(), 'utf8');
      expect(content.startsWith(begins)).toBe(true);
    }
  });

  test('can be cancelled, and keeps what had arrived', async ({ page }) => {
    await login(page, 'analyst+slow', '#/hunt?sql=select%20*%20from%20exchanges');
    await page.getByRole('button', { name: 'Run' }).click();
    await expect(page.getByText(/^[4-9] of 12 segments/)).toBeVisible({ timeout: 10_000 });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText(/^Cancelled; \d+ rows had arrived/)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Run' })).toBeVisible();
  });

  test('says what is wrong with the SQL', async ({ page }) => {
    await login(page, 'analyst', '#/hunt?sql=selekt%201');
    await page.getByRole('button', { name: 'Run' }).click();
    await expect(page.getByText('The SQL was not understood.')).toBeVisible();
    await expect(page.getByText(/found "selekt"/)).toBeVisible();
  });

  test('says when no row fits', async ({ page }) => {
    await login(page, 'analyst', '#/hunt?sql=select%20n%20from%20nothing');
    await page.getByRole('button', { name: 'Run' }).click();
    await expect(page.getByText('no row fits it')).toBeVisible();
  });

  test('is saved, removed, and brought back; names are inserted', async ({ page }) => {
    await login(page, 'analyst', '#/hunt?sql=select%20');
    await page.getByLabel('SQL', { exact: true }).press('End');
    await page.getByRole('button', { name: 'subject', exact: true }).click();
    await expect(page.getByLabel('SQL', { exact: true })).toHaveValue('select subject');
    await expect(page).toHaveURL(/sql=select\+subject/);
    await page.getByRole('button', { name: 'Save hunt' }).click();
    await page.getByLabel('Title').fill('All callers');
    await page.getByRole('dialog').getByRole('button', { name: 'Save hunt' }).click();
    await expect(page.getByRole('button', { name: /^All callers/ })).toBeVisible();
    await page.getByRole('button', { name: 'Remove hunt All callers' }).click();
    await expect(page.getByRole('button', { name: /^All callers/ })).toBeHidden();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByRole('button', { name: /^All callers/ })).toBeVisible();
  });
});

test.describe('ledger', () => {
  test('is verified by the gateway, and an entry in the browser', async ({ page }) => {
    await login(page, 'analyst', '#/ledger');
    await page.getByRole('button', { name: 'Verify the ledger' }).click();
    await expect(page.getByText('Verified: all 127 entries hold')).toBeVisible();
    await page.locator('tbody tr[data-index="3"] a').click();
    await page.getByRole('button', { name: 'Check proof in this browser' }).click();
    await expect(page.getByText(/^Proven: entry 123 is in the tree of 127/)).toContainText(/signature|bartizan ledger verify/);
    const arriving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download proof' }).click();
    const proof = JSON.parse(await readFile(await (await arriving).path(), 'utf8')) as { index: number };
    expect(proof.index).toBe(123);
  });

  test('that was changed is called so, loudly', async ({ page }) => {
    await login(page, 'analyst+badledger', '#/ledger?entry=40');
    await page.getByRole('button', { name: 'Verify the ledger' }).click();
    await expect(page.getByRole('alert')).toContainText('The ledger does not hold: 1 fault.');
    await page.getByRole('button', { name: 'Check proof in this browser' }).click();
    await expect(page.getByText('The proof does not hold.')).toBeVisible();
  });
});

test.describe('live', () => {
  test('shows what comes, filters, pauses and goes on', async ({ page }) => {
    await login(page, 'viewer', '#/live');
    await expect(page.getByText('Connected')).toBeVisible();
    await expect(row(page, /GET|POST|PATCH/)).toBeVisible();
    await page.getByRole('button', { name: 'Pause' }).click();
    const first = await page.locator('tbody tr[data-index="0"]').innerText();
    await expect(page.getByRole('button', { name: /Resume with [1-9]/ })).toBeVisible();
    expect(await page.locator('tbody tr[data-index="0"]').innerText()).toBe(first);
    await page.getByRole('button', { name: /Resume/ }).click();
    await expect(page.locator('tbody tr[data-index="0"]')).not.toHaveText(first);
    await page.getByLabel('Search').fill('nothing-like-it');
    await expect(page.getByText('Nothing matches')).toBeVisible();
  });

  test('keeps 500 rows, and says what it left out', async ({ page }) => {
    await login(page, 'viewer+burst', '#/live');
    await expect(page.getByText(/^Sampling: [45],\d{3} exchanges/)).toBeVisible();
    await expect(page.getByText('The newest 500 are kept here')).toBeVisible();
  });

  test('comes back after a break and asks for what followed', async ({ page }) => {
    await login(page, 'viewer+slow', '#/live');
    await expect(row(page, /GET|POST|PATCH/)).toBeVisible();
    const again = page.waitForRequest((request) => request.url().includes('/live') && Boolean(request.headers()['last-event-id']), { timeout: 20_000 });
    await page.getByLabel('Outcome').selectOption('served');
    await page.evaluate(() => location.reload());
    await expect(row(page, /GET|POST|PATCH/)).toBeVisible();
    await page.route('**/api/v1/live*', async (route) => {
      await route.fulfill({ status: 200, contentType: 'text/event-stream', body: 'event: exchange\nid: abc-1\ndata: {"id":"abc-1","time":"2026-11-22T00:00:00Z","endpoint":"GET /from-before","outcome":"served","codes":[]}\n\n' });
    });
    await page.getByLabel('Outcome').selectOption('');
    const request = await again;
    expect(request.headers()['last-event-id']).toBe('abc-1');
    await expect(row(page, 'GET /from-before')).toBeVisible();
    await expect(page.locator('tbody tr[data-index]')).toHaveCount(1);
  });
});

test('a lost connection is said, with what it means, and goes when it is back', async ({ page }) => {
  await login(page, 'admin', '#/ledger');
  await expect(row(page, /./)).toBeVisible();
  await page.route('**/api/**', (route) => route.abort());
  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect(page.getByText('Console disconnected; the gateway is not affected.')).toBeVisible();
  await expect(row(page, /./)).toBeVisible();
  await page.unroute('**/api/**');
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await expect(page.getByText('Console disconnected')).toBeHidden();
});

test('an answer of 503 says that the API is not affected', async ({ page }) => {
  await login(page, 'admin+failing', '#/ledger');
  await expect(page.getByText('The gateway cannot do this now.').first()).toBeVisible();
});

test('a bypass is started for a reason, after a question, and ended', async ({ page }) => {
  await login(page, 'operator', '#/settings/bypass');
  await page.getByLabel('Reason').fill('orders fail');
  await page.getByRole('button', { name: 'Start bypass' }).click();
  await expect(page.getByRole('dialog')).toContainText('Attacks that are refused now will reach your API.');
  await page.getByRole('dialog').getByRole('button', { name: 'Start bypass' }).click();
  await expect(page.getByText(/^Bypass in force until/)).toContainText('orders fail');
  await page.getByRole('button', { name: 'End bypass' }).click();
  await expect(page.getByText('No bypass is in force.')).toBeVisible();
});

test('alerts are tested and silenced; tokens are made, shown once and revoked', async ({ page }) => {
  await login(page, 'admin', '#/settings/alerts');
  await page.getByRole('button', { name: 'Send test to soc' }).click();
  await expect(toast(page)).toContainText('Test delivered: 204 in 12 ms');
  await page.getByRole('button', { name: 'Send test to archive' }).click();
  await expect(toast(page)).toContainText('Test not delivered: connection refused');
  await page.getByLabel('Code').fill('body.malformed');
  await page.getByLabel('Reason').fill('known client');
  await page.getByRole('button', { name: 'Silence', exact: true }).click();
  await page.getByRole('button', { name: 'Lift silence of body.malformed' }).click();
  await expect(page.getByText('known client')).toBeHidden();

  await go(page, '#/settings/tokens');
  await page.getByLabel('Name').fill('ci');
  await page.getByRole('button', { name: 'Make token' }).click();
  await expect(page.getByRole('dialog')).toContainText(/btz_[0-9a-f]{40}/);
  await page.getByRole('button', { name: 'Close' }).first().click();
  await expect(page.getByText(/btz_[0-9a-f]{40}/)).toBeHidden();
  await page.getByRole('button', { name: 'Revoke token ci' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Revoke token ci' })).toBeHidden();
});

test('settings are searched, and the search stands in the address', async ({ page }) => {
  await login(page, 'operator', '#/settings');
  await page.getByLabel('Search settings').fill('memory');
  await expect(page.getByText('1 of 8 settings')).toBeVisible();
  await expect(page).toHaveURL(/q=memory/);
  await page.getByLabel('Search settings').fill('');
  await page.getByLabel('Only what differs from the default').check();
  await expect(page.getByText('5 of 8 settings')).toBeVisible();
});

test.describe('a role that may not', () => {
  test('a viewer sees no control that would be refused, and is told which role may', async ({ page }) => {
    const refused: number[] = [];
    page.on('response', (response) => response.status() === 403 && refused.push(response.status()));
    await login(page, 'viewer', found);
    await row(page, /GET|POST|PATCH/).locator('a').click();
    await expect(page.getByText('This takes the role analyst')).toBeVisible();
    await page.getByRole('button', { name: 'Allow exactly this' }).click();
    await expect(page.getByText('This takes the role operator')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Make exception' })).toBeHidden();
    for (const [hash, needs] of [['#/hunt', 'analyst'], ['#/ledger', 'analyst'], ['#/settings', 'operator'], ['#/settings/exceptions', 'operator'], ['#/settings/bypass', 'operator'], ['#/settings/alerts', 'operator'], ['#/settings/tokens', 'admin']] as const) {
      await go(page, hash);
      await expect(page.getByText(`This takes the role ${needs}`)).toBeVisible();
      await expect(page.locator('main button.primary, main button.danger')).toHaveCount(0);
    }
    expect(refused).toEqual([]);
  });

  test('an operator may all but tokens', async ({ page }) => {
    await login(page, 'operator', '#/settings/tokens');
    await expect(page.getByText('This takes the role admin')).toBeVisible();
    await go(page, '#/settings/alerts');
    await expect(page.getByRole('button', { name: 'Send test to soc' })).toBeVisible();
  });
});
