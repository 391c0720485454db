/** What is made of endpoints that somebody selected: a list, files, a hunt. Pure. */
import { to_csv, to_json } from './csv';
import type { HuntColumn, InventoryEndpoint } from './types';
import { as_text, visible } from './visible';

/** A hunt names its endpoints one by one, and stands in the address. */
export const hunt_max = 50;

/** All from one row to another, in the order that is shown. */
export function between(ids: readonly string[], one: number, other: number): string[] {
  return ids.slice(Math.min(one, other), Math.max(one, other) + 1);
}

/** `GET /orders/{orderId} (orders)`, one a line. */
export function as_list(rows: readonly InventoryEndpoint[]): string {
  const line = ({ method, template, operation, service }: InventoryEndpoint) =>
    visible(`${[method, template, operation].map(as_text).filter(Boolean).join(' ')} (${as_text(service)})`);
  return rows.map((row) => `${line(row)}\n`).join('');
}

const time = (us: number): string => {
  const date = new Date(us / 1000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
};

/** The columns of both files. */
const cells: [name: string, type: string, of: (row: InventoryEndpoint) => unknown][] = [
  ['id', 'text', (row) => row.id],
  ['service', 'text', (row) => row.service],
  ['method', 'text', (row) => row.method],
  ['template', 'text', (row) => row.template],
  ['operation', 'text', (row) => row.operation],
  ['risk', 'integer', (row) => row.risk],
  ['calls', 'integer', (row) => row.calls],
  ['client_errors', 'integer', (row) => row.client_errors],
  ['server_errors', 'integer', (row) => row.server_errors],
  ['subjects', 'integer', (row) => row.subjects],
  ['clients', 'integer', (row) => row.clients],
  ['unauthenticated_percent', 'integer', (row) => row.unauthenticated_percent],
  ['first', 'timestamp', (row) => time(row.first)],
  ['last', 'timestamp', (row) => time(row.last)],
  ['classes', 'text', (row) => row.classes],
  ['owner', 'text', (row) => row.owner],
  ['team', 'text', (row) => row.team],
  ['tags', 'text', (row) => row.tags],
  ['audience', 'text', (row) => row.audience],
  ['deprecated', 'text', (row) => row.retires?.deprecated ?? null],
  ['sunset', 'text', (row) => row.retires?.sunset ?? null],
];
const columns: HuntColumn[] = cells.map(([name, type]) => ({ name, type }));

/** Lists of names are one cell, with spaces between them. */
export function as_csv(rows: readonly InventoryEndpoint[]): string {
  const flat = (value: unknown) => (Array.isArray(value) ? value.map(as_text).join(' ') : value);
  return to_csv(columns, rows.map((row) => cells.map(([, , of]) => flat(of(row)))));
}

export function as_json(rows: readonly InventoryEndpoint[]): string {
  return to_json(columns, rows.map((row) => cells.map(([, , of]) => of(row))));
}

const quoted = (value: string) => `'${value.replaceAll("'", "''")}'`;

/**
 * What tells that an exchange belongs to an endpoint. Exchanges name values by their form (`/orders/{int}`) and the
 * inventory names variables (`/orders/{orderId}`): any value fits there, within its segment. A service is a route.
 */
function fits({ service, method, template }: InventoryEndpoint): string {
  const name = `${as_text(method)} ${as_text(template)}`;
  const of = `route = ${quoted(as_text(service))}`;
  const pattern = name.replace(/\{[^{}/]*\}/g, '%');
  if (pattern === name) return `${of} and endpoint = ${quoted(name)}`;
  const one_too_deep = `%${'/%'.repeat(name.split('/').length)}`;
  return `${of} and endpoint like ${quoted(pattern)} and endpoint not like ${quoted(one_too_deep)}`;
}

/** A question about these endpoints, to go on from. Operations within one path are not told apart by a hunt. */
export function as_hunt(rows: readonly InventoryEndpoint[]): string {
  const where = [...new Set(rows.map(fits))].map((it) => `(${it})`).join('\n   or ');
  return `select route, endpoint, status, count(*) as calls, count(distinct subject) as subjects, max(time) as last\nfrom exchanges\nwhere ${where}\ngroup by route, endpoint, status\norder by calls desc\n`;
}
