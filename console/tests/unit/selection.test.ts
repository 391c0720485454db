/** What selected endpoints become: lists, files and hunts, out of texts that somebody else chose. */
import { describe, expect, it } from 'vitest';
import { as_csv, as_hunt, as_json, as_list, between } from '../../src/lib/selection';
import type { InventoryEndpoint } from '../../src/lib/types';

const row = (template: string, change: Partial<InventoryEndpoint> = {}): InventoryEndpoint => ({
  id: 'a'.repeat(16),
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
  last: 1_000_000,
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

describe('a range', () => {
  it('holds both ends, in either direction', () => {
    expect(between(['a', 'b', 'c', 'd'], 1, 2)).toEqual(['b', 'c']);
    expect(between(['a', 'b', 'c', 'd'], 3, 1)).toEqual(['b', 'c', 'd']);
    expect(between(['a', 'b'], 1, 1)).toEqual(['b']);
  });
});

describe('a list', () => {
  it('is one endpoint a line, and no text makes two of it', () => {
    expect(as_list([row('/a', { operation: 'graphql query b' }), row('/c')])).toBe('GET /a graphql query b (shop)\nGET /c (shop)\n');
    expect(as_list([row('/a\n/b')]).split('\n')).toHaveLength(2);
  });
});

describe('files', () => {
  const rows = [row('/a', { tags: ['web', 'pci'], classes: ['email'], owner: '=cmd', retires: { deprecated: '2026-11-01', sunset: null, link: null } })];
  it('hold the same in CSV, where no cell is a formula', () => {
    const [head, line] = as_csv(rows).split('\r\n');
    expect(head).toBe('id,service,method,template,operation,risk,calls,client_errors,server_errors,subjects,clients,unauthenticated_percent,first,last,classes,owner,team,tags,audience,deprecated,sunset');
    expect(line).toBe("aaaaaaaaaaaaaaaa,shop,GET,/a,,0,1,0,0,1,1,0,1970-01-01T00:00:00.000Z,1970-01-01T00:00:01.000Z,email,'=cmd,,web pci,,2026-11-01,");
  });
  it('and in JSON, with lists as lists', () => {
    expect(JSON.parse(as_json(rows))[0]).toMatchObject({ template: '/a', tags: ['web', 'pci'], owner: '=cmd', team: null, deprecated: '2026-11-01', sunset: null });
  });
});

describe('a hunt', () => {
  const where = (rows: InventoryEndpoint[]) => as_hunt(rows).split('\n').slice(2, -3).join(' ');
  it('names an endpoint without variables', () => expect(where([row('/a')])).toBe("where (route = 'shop' and endpoint = 'GET /a')"));
  it('lets a variable be any value, within its segment', () => {
    expect(where([row('/a/{b}/c/{d}')])).toBe("where (route = 'shop' and endpoint like 'GET /a/%/c/%' and endpoint not like '%/%/%/%/%/%')");
  });
  it('asks once where operations share a path', () => {
    expect(where([row('/g', { operation: 'x' }), row('/g', { operation: 'y' }), row('/h')])).toBe("where (route = 'shop' and endpoint = 'GET /g')    or (route = 'shop' and endpoint = 'GET /h')");
  });
  it('lets no text out of its quotes', () => {
    expect(where([row("/a' or 1=1 --", { service: "it's" })])).toBe("where (route = 'it''s' and endpoint = 'GET /a'' or 1=1 --')");
  });
});
