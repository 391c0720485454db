/** The order of the inventory and its numbers. */
import { describe, expect, it } from 'vitest';
import { classes_of, closed_of, closed_param, grouped, grouping_of, holding, next_order, order_of, ordered, param_of, shortened, totals_of } from '../../src/lib/inventory';
import type { InventoryEndpoint } from '../../src/lib/types';

const row = (template: string, change: Partial<InventoryEndpoint> = {}): InventoryEndpoint => ({
  id: template,
  service: 'shop',
  method: 'GET',
  template,
  operation: '',
  calls: 1,
  unanswered: 0,
  answers: 'seen',
  client_errors: 0,
  server_errors: 0,
  subjects: 1,
  clients: 1,
  unauthenticated_percent: 0,
  first: 0,
  last: 0,
  request_fields: 0,
  response_fields: 0,
  classes: [],
  risk: 0,
  owner: null,
  team: null,
  tags: [],
  audience: null,
  retires: null,
  ...change,
});

describe('the order', () => {
  it('is by calls, most first, where none or no sensible one is asked for', () => {
    for (const param of [undefined, '', '-', 'nothing', 'calls--', 'constructor', '__proto__-']) {
      expect(order_of(param)).toEqual({ key: 'calls', down: true });
    }
  });
  it('is what the address says, and the address says what it is', () => {
    for (const param of ['calls', 'template', 'template-', 'errors-', 'last', 'risk-']) expect(param_of(order_of(param))).toBe(param);
    expect(param_of(order_of('calls-'))).toBeUndefined();
  });
  it('begins with A for texts, with the greatest for numbers, and turns', () => {
    const now = order_of(undefined);
    expect(next_order(now, 'template')).toEqual({ key: 'template', down: false });
    expect(next_order(now, 'last')).toEqual({ key: 'last', down: true });
    expect(next_order(now, 'calls')).toEqual({ key: 'calls', down: false });
  });
  it('is of all errors together, of the number of classes, and of paths where nothing else tells', () => {
    const rows = [
      row('/b', { client_errors: 3 }),
      row('/c', { server_errors: 4, classes: ['email'] }),
      row('/a', { client_errors: 2, server_errors: 1, classes: ['email', 'iban'] }),
      row('/a', { method: 'DELETE', client_errors: 3 }),
    ];
    const by = (param: string) => ordered(rows, order_of(param)).map(({ method, template }) => `${method} ${template}`);
    expect(by('errors-')).toEqual(['GET /c', 'DELETE /a', 'GET /a', 'GET /b']);
    expect(by('classes-')).toEqual(['GET /a', 'GET /c', 'DELETE /a', 'GET /b']);
    expect(ordered([row('/graphql', { operation: 'b' }), row('/graphql', { operation: 'a' })], order_of(undefined)).map(({ operation }) => operation)).toEqual(['a', 'b']);
    expect(by('errors')).toEqual(['DELETE /a', 'GET /a', 'GET /b', 'GET /c']);
  });
});

const closed_params = (param: string | undefined, key: string) => closed_param(closed_of(param), key);

describe('what is shown', () => {
  const rows = [
    row('/a', { service: 'users', risk: 4, classes: ['password', 'iban', 'email', 'phone'] }),
    row('/b', { service: 'shop', risk: 62, classes: ['email'] }),
    row('/c', { service: 'users', risk: 70 }),
  ];
  const templates = (found: readonly InventoryEndpoint[]) => found.map(({ template }) => template);
  it('is all, or what holds a class', () => {
    expect(templates(holding(rows, undefined))).toEqual(['/a', '/b', '/c']);
    expect(templates(holding(rows, 'email'))).toEqual(['/a', '/b']);
    expect(templates(holding(rows, 'mail'))).toEqual([]);
  });
  it('names every class once', () => expect(classes_of(rows)).toEqual(['email', 'iban', 'password', 'phone']));
  it('keeps the most sensitive classes, and counts the others', () => {
    expect(shortened(rows[0]!.classes, 3)).toEqual({ shown: ['password', 'iban', 'email'], more: 1 });
    expect(shortened(rows[1]!.classes, 3)).toEqual({ shown: ['email'], more: 0 });
  });
  it('stands by risk', () => expect(templates(ordered(rows, order_of('risk-')))).toEqual(['/c', '/b', '/a']));
  it('stands in groups by name, and within one as before', () => {
    expect(grouped(ordered(rows, order_of('risk-')), 'service').map(({ name, risk, rows: own }) => [name, risk, templates(own)])).toEqual([
      ['shop', 62, ['/b']],
      ['users', 70, ['/c', '/a']],
    ]);
  });
  it('stands in each group that it belongs to, once, and last in that of nobody', () => {
    const tagged = [row('/a', { tags: ['pci', 'web', 'pci'] }), row('/b'), row('/c', { tags: ['pci', ''] })];
    expect(grouped(tagged, 'tag').map(({ name, rows: own }) => [name, templates(own)])).toEqual([
      ['pci', ['/a', '/c']],
      ['web', ['/a']],
      ['', ['/b']],
    ]);
    expect(grouped(rows, 'class').map(({ name }) => name)).toEqual(['email', 'iban', 'password', 'phone', '']);
    for (const by of ['owner', 'team', 'audience'] as const) expect(grouped(rows, by).map(({ name, rows: own }) => [name, own.length])).toEqual([['', 3]]);
  });
  it('is grouped by what is known, and by nothing else', () => {
    expect(grouping_of('tag')).toBe('tag');
    for (const param of [undefined, '', 'nothing', 'constructor', '__proto__']) expect(grouping_of(param)).toBeUndefined();
  });
  it('keeps in the address which groups are closed, whatever they are called', () => {
    const odd = ['a,b', '!', 'a/b?c=d&e', 'constructor', ''].map((name) => row('/x', { owner: name || null }));
    const keys = grouped(odd, 'owner').map(({ key }) => key);
    expect(new Set(keys).size).toBe(5);
    const all = keys.reduce<string | undefined>((param, key) => closed_param(closed_of(param), key), undefined);
    expect([...closed_of(all)]).toEqual(keys);
    expect(keys.reduce(closed_params, all)).toBeUndefined();
  });
});

describe('the totals', () => {
  const services = [
    { name: 'shop', endpoints: 10, calls: 5, candidates: 40, full: 1 },
    { name: 'users', endpoints: 3, calls: 5, candidates: 2, full: 0 },
  ];
  it('are of all services', () => expect(totals_of(services, undefined)).toEqual({ endpoints: 13, services: 2, candidates: 42, full: 1 }));
  it('are of the one that was chosen', () => expect(totals_of(services, 'users')).toEqual({ endpoints: 3, services: 1, candidates: 2, full: 0 }));
  it('are nothing of one that is not there', () => expect(totals_of(services, 'gone').services).toBe(0));
});
