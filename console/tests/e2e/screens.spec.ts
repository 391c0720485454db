/**
 * Every screen in both themes: nothing for axe to find (WCAG 2.2 AA), no error, no violation of the policy, nothing
 * that reaches over the edge of the page. With `SHOTS` set, pictures go to that folder.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { expect_calm, go, login, row, watch } from './support';

const axe_source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.SHOTS;

interface Screen {
  name: string;
  code?: string;
  hash: string;
  ready: (page: Page) => Promise<unknown>;
}

const visible = (page: Page, text: string | RegExp) => expect(page.getByText(text).first()).toBeVisible();
const open_row = async (page: Page, text: string | RegExp) => {
  await row(page, text).locator('a').click();
  await visible(page, 'About it');
};

const screens: Screen[] = [
  { name: 'login', code: '', hash: '#/login', ready: (page) => visible(page, 'bartizan console') },
  { name: 'overview', hash: '#/overview', ready: (page) => visible(page, 'Traffic and decisions') },
  {
    name: 'overview-table',
    hash: '#/overview',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Show as table' }).click();
      await visible(page, 'Show as chart');
    },
  },
  { name: 'overview-faults', code: 'admin+fault+bypass+observe', hash: '#/overview', ready: (page) => visible(page, 'The store is at fault') },
  { name: 'overview-empty', code: 'viewer+empty', hash: '#/overview', ready: (page) => visible(page, 'No data yet') },
  { name: 'live', hash: '#/live', ready: (page) => visible(page, 'newest first') },
  { name: 'live-sampling', code: 'admin+burst', hash: '#/live', ready: (page) => visible(page, 'Sampling:') },
  { name: 'inventory', hash: '#/inventory', ready: (page) => visible(page, '29 endpoints of 3 services') },
  { name: 'inventory-grouped', hash: '#/inventory?group=service&sort=risk-', ready: (page) => expect(page.getByRole('rowheader', { name: 'orders' })).toBeVisible() },
  { name: 'inventory-tags', hash: '#/inventory?group=tag&closed=pci', ready: (page) => expect(page.getByRole('rowheader', { name: 'payments' })).toBeVisible() },
  {
    name: 'inventory-selected',
    hash: '#/inventory',
    ready: async (page) => {
      await page.locator('tr[data-index="1"] input').click();
      await visible(page, '1 endpoint selected');
    },
  },
  { name: 'inventory-learning', code: 'viewer+many+fault', hash: '#/inventory', ready: (page) => visible(page, '729 more endpoints are not shown') },
  { name: 'apis', hash: '#/apis', ready: (page) => visible(page, 'with something that traffic proposes') },
  { name: 'apis-open', hash: '#/apis?api=orders', ready: (page) => visible(page, /missing at \d/) },
  { name: 'apis-viewer', code: 'viewer', hash: '#/apis?service=users', ready: (page) => visible(page, 'Nothing is owed') },
  {
    name: 'apis-dialog',
    hash: '#/apis?api=shop',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Confirm profile shop' }).click();
      await visible(page, 'It is configured: change it in the file.');
    },
  },
  { name: 'apis-fault', code: 'viewer+fault', hash: '#/apis', ready: (page) => visible(page, 'profiles.json, line 3') },
  { name: 'apis-none', hash: '#/apis?service=nothing', ready: (page) => visible(page, 'Nothing matches') },
  { name: 'apis-empty', code: 'viewer+empty', hash: '#/apis', ready: (page) => visible(page, 'bartizan import') },
  { name: 'apis-failing', code: 'viewer+failing', hash: '#/apis', ready: (page) => visible(page, 'The gateway cannot do this now') },
  { name: 'contracts', hash: '#/contracts', ready: (page) => visible(page, 'at most 5 % of callers would be hurt') },
  { name: 'contracts-viewer', code: 'viewer', hash: '#/contracts?held=in_force', ready: (page) => visible(page, 'Your role is viewer') },
  {
    name: 'contracts-dialog',
    hash: '#/contracts?service=shop&kind=harm',
    ready: async (page) => {
      await page.getByRole('button', { name: /^Put in force… ?: shape.read_only/ }).click();
      await visible(page, 'One caller in twenty is held to it for 24 hours');
    },
  },
  { name: 'contracts-history', hash: '#/contracts/history', ready: (page) => visible(page, 'orders belong to who made them') },
  { name: 'objects', hash: '#/objects', ready: (page) => visible(page, '100 uses; there are older ones') },
  { name: 'objects-cut', code: 'viewer+many', hash: '#/objects?held_back=true', ready: (page) => visible(page, 'hunts reach further back') },
  { name: 'objects-none', hash: '#/objects?endpoint=nothing', ready: (page) => visible(page, 'Nothing matches') },
  { name: 'objects-empty', code: 'viewer+empty', hash: '#/objects', ready: (page) => visible(page, 'they learn whose something is from answers and tokens') },
  { name: 'objects-failing', code: 'viewer+failing', hash: '#/objects', ready: (page) => visible(page, 'The gateway cannot do this now') },
  {
    name: 'object',
    hash: '#/objects?clause=provenance.reference',
    ready: async (page) => {
      await page.locator('ol dd a').first().click();
      await visible(page, 'Named by');
    },
  },
  { name: 'object-gone', hash: '#/objects/nothing', ready: (page) => visible(page, 'is no object') },
  { name: 'object-empty', code: 'viewer+empty', hash: '#/objects/00000000000000a1', ready: (page) => visible(page, 'No answer that is kept gave it') },
  { name: 'contracts-none', hash: '#/contracts?service=nothing', ready: (page) => visible(page, 'Nothing matches') },
  { name: 'contracts-empty', code: 'viewer+empty', hash: '#/contracts', ready: (page) => visible(page, 'No clause yet') },
  { name: 'contracts-failing', code: 'viewer+failing', hash: '#/contracts', ready: (page) => visible(page, 'The gateway cannot do this now') },
  { name: 'retirement', hash: '#/retirement', ready: (page) => visible(page, '12 after its last day') },
  { name: 'retirement-none', hash: '#/retirement?service=nothing', ready: (page) => visible(page, 'Nothing matches') },
  { name: 'retirement-empty', code: 'viewer+empty', hash: '#/retirement', ready: (page) => visible(page, 'Nothing is marked for retirement') },
  { name: 'retirement-failing', code: 'viewer+failing', hash: '#/retirement', ready: (page) => visible(page, 'The gateway cannot do this now') },
  { name: 'inventory-none', hash: '#/inventory?q=nothing-like-it', ready: (page) => visible(page, 'Nothing matches') },
  { name: 'inventory-empty', code: 'viewer+empty', hash: '#/inventory', ready: (page) => visible(page, 'bartizan import') },
  {
    name: 'endpoint',
    hash: '#/inventory?q=refund',
    ready: async (page) => {
      await row(page, 'refund').locator('a').click();
      await visible(page, 'Fields of responses');
    },
  },
  {
    name: 'endpoint-unseen',
    hash: '#/inventory?q=avatar',
    ready: async (page) => {
      await row(page, 'avatar').locator('a').click();
      await visible(page, 'Bodies of answers: not seen by the source');
    },
  },
  {
    name: 'endpoint-goes',
    hash: '#/inventory?q=suggest',
    ready: async (page) => {
      await row(page, '/v1/suggest').locator('a').click();
      await visible(page, 'deprecated since');
    },
  },
  { name: 'endpoint-gone', hash: '#/inventory/0123456789abcdef', ready: (page) => visible(page, 'No endpoint with this id is known') },
  { name: 'posture', hash: '#/posture', ready: (page) => visible(page, 'endpoints have a weakness') },
  { name: 'posture-flaw', hash: '#/posture?flaw=anonymous_data', ready: (page) => visible(page, 'Mend for good') },
  { name: 'posture-owasp', hash: '#/posture?group=owasp&flaw=open_cors', ready: (page) => visible(page, 'Security misconfiguration') },
  { name: 'posture-many', code: 'viewer+many', hash: '#/posture?service=reports', ready: (page) => visible(page, 'No weakness found') },
  {
    name: 'posture-baseline',
    hash: '#/posture',
    ready: async (page) => {
      await page.getByText('what APIs owe').click();
      await visible(page, 'Clients speak TLS');
    },
  },
  { name: 'posture-empty', code: 'viewer+empty', hash: '#/posture', ready: (page) => visible(page, 'bartizan import') },
  { name: 'posture-failing', code: 'viewer+failing', hash: '#/posture', ready: (page) => visible(page, 'The gateway cannot do this now') },
  { name: 'changes', hash: '#/changes', ready: (page) => visible(page, 'body $.passport') },
  { name: 'changes-picked', hash: '#/changes?service=orders&what=status', ready: (page) => visible(page, 'By day and service') },
  { name: 'changes-many', code: 'viewer+many', hash: '#/changes', ready: (page) => visible(page, 'Show 200 more') },
  { name: 'changes-none', hash: '#/changes?what=status&service=nothing', ready: (page) => visible(page, 'Nothing matches') },
  { name: 'changes-empty', code: 'viewer+empty', hash: '#/changes', ready: (page) => visible(page, 'What was there in the first hour is no change') },
  { name: 'drift', hash: '#/drift', ready: (page) => visible(page, 'body $.voucher') },
  { name: 'drift-kind', hash: '#/drift?kind=zombie', ready: (page) => visible(page, 'and still called') },
  { name: 'drift-many', code: 'viewer+many', hash: '#/drift', ready: (page) => visible(page, 'Show 100 more') },
  { name: 'drift-agreed', code: 'viewer+agreed', hash: '#/drift', ready: (page) => visible(page, 'Nothing that was seen differs') },
  { name: 'drift-undescribed', code: 'viewer+undescribed', hash: '#/drift', ready: (page) => visible(page, 'Nothing is described') },
  { name: 'drift-none', hash: '#/drift?service=nothing', ready: (page) => visible(page, 'Nothing matches') },
  { name: 'drift-empty', code: 'viewer+empty', hash: '#/drift', ready: (page) => visible(page, 'so there is nothing to compare') },
  { name: 'drift-failing', code: 'viewer+failing', hash: '#/drift', ready: (page) => visible(page, 'The gateway cannot do this now') },
  { name: 'exchanges', hash: '#/exchanges?since=24h', ready: (page) => visible(page, 'more follow') },
  { name: 'exchanges-none', hash: '#/exchanges?q=nothing-like-it', ready: (page) => visible(page, 'Nothing matches') },
  {
    name: 'exchange-panel',
    hash: '#/exchanges?since=7d&effect=would_refuse&code=content.sql_injection',
    ready: async (page) => {
      await open_row(page, /GET|POST|PATCH/);
      await page.getByRole('button', { name: 'Allow exactly this' }).click();
    },
  },
  {
    name: 'exchange-page',
    hash: '#/exchanges?since=7d&effect=refused',
    ready: async (page) => {
      await open_row(page, 'Refused');
      await page.getByRole('link', { name: 'Open as page' }).click();
      await visible(page, 'About it');
    },
  },
  {
    name: 'exchange-viewer',
    code: 'viewer',
    hash: '#/exchanges?since=7d&effect=would_refuse&code=content.sql_injection',
    ready: (page) => open_row(page, /GET|POST|PATCH/),
  },
  { name: 'hunt', hash: '#/hunt', ready: (page) => visible(page, 'Who was refused most') },
  {
    name: 'hunt-result',
    hash: '#/hunt?sql=select%20*%20from%20exchanges&since=7d',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Run' }).click();
      await visible(page, 'of memory at most');
      await row(page, 'GET').locator('a').click();
      await visible(page, /^Row \d+$/);
    },
  },
  { name: 'hunt-viewer', code: 'viewer', hash: '#/hunt', ready: (page) => visible(page, 'Not permitted') },
  {
    name: 'ledger',
    hash: '#/ledger',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Verify the ledger' }).click();
      await visible(page, 'Verified: all');
    },
  },
  {
    name: 'ledger-entry',
    hash: '#/ledger?entry=120',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Check proof in this browser' }).click();
      await visible(page, 'Proven: entry 120');
    },
  },
  {
    name: 'ledger-bad',
    code: 'admin+badledger',
    hash: '#/ledger?entry=120',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Verify the ledger' }).click();
      await page.getByRole('button', { name: 'Check proof in this browser' }).click();
      await visible(page, 'The proof does not hold');
    },
  },
  { name: 'settings', hash: '#/settings', ready: (page) => visible(page, 'limits.body_bytes_max') },
  { name: 'settings-viewer', code: 'viewer', hash: '#/settings', ready: (page) => visible(page, 'Not permitted') },
  { name: 'settings-exceptions', hash: '#/settings/exceptions', ready: (page) => visible(page, 'people review databases here') },
  { name: 'settings-bypass', hash: '#/settings/bypass', ready: (page) => visible(page, 'No bypass is in force') },
  { name: 'settings-alerts', hash: '#/settings/alerts', ready: (page) => visible(page, 'connection refused') },
  { name: 'settings-tokens', hash: '#/settings/tokens', ready: (page) => visible(page, 'nightly export') },
  { name: 'missing', hash: '#/nowhere', ready: (page) => visible(page, 'No such page') },
  {
    name: 'palette',
    hash: '#/overview',
    ready: async (page) => {
      await visible(page, 'Traffic and decisions');
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('listbox')).toBeVisible();
    },
  },
  {
    name: 'help',
    hash: '#/overview',
    ready: async (page) => {
      await visible(page, 'Traffic and decisions');
      await page.keyboard.press('?');
      await visible(page, 'Single letters are keys');
    },
  },
];

async function enter(page: Page, screen: Screen): Promise<void> {
  if (screen.code === '') {
    await page.goto('/#/login');
  } else {
    await login(page, screen.code ?? 'admin', screen.hash);
  }
  await screen.ready(page);
}

async function reaches_over(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const edge = document.documentElement.clientWidth + 1;
    if (document.documentElement.scrollWidth > edge) return ['page'];
    const main = document.querySelector('main');
    return main && main.scrollWidth > main.clientWidth + 1 ? ['main'] : [];
  });
}

for (const theme of ['light', 'dark'] as const) {
  for (const screen of screens) {
    test(`${screen.name}, ${theme}`, async ({ page }) => {
      const seen = watch(page);
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await enter(page, screen);
      if (shots) await page.screenshot({ path: join(shots, `${screen.name}-${theme}.png`) });
      await page.evaluate(axe_source);
      const result = await page.evaluate(() =>
        // @ts-expect-error axe is put into the page by the line above.
        axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
      );
      const violations = (result as { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }).violations;
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`)).toEqual([]);
      expect(await reaches_over(page)).toEqual([]);
      expect_calm(seen);
    });
  }
}

for (const [name, size] of Object.entries({ phone: { width: 360, height: 740 }, zoomed: { width: 640, height: 400 }, wide: { width: 2200, height: 1200 } })) {
  for (const screen of screens.filter((one) => !['palette', 'help', 'missing'].includes(one.name))) {
    test(`${screen.name}, ${name}`, async ({ page }) => {
      await page.setViewportSize(size);
      await enter(page, screen);
      if (shots) await page.screenshot({ path: join(shots, `${screen.name}-${name}.png`) });
      expect(await reaches_over(page)).toEqual([]);
    });
  }
}

test('the theme follows the system until somebody chooses, and the choice stays', async ({ page }) => {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'dark' });
  await login(page, 'viewer');
  expect(await background()).toBe('rgb(17, 20, 22)');
  await page.getByRole('button', { name: /^Theme: as the system/ }).click();
  expect(await background()).toBe('rgb(251, 251, 250)');
  await page.reload();
  expect(await background()).toBe('rgb(251, 251, 250)');
  await go(page, '#/live');
  await page.getByRole('button', { name: /^Theme: light/ }).click();
  expect(await background()).toBe('rgb(17, 20, 22)');
});
