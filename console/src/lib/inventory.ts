/** The order of the inventory, as its address says it, what of it is shown and in which groups, and its numbers in all. Pure. */
import { compare_cells } from './sort';
import type { InventoryEndpoint, InventoryService } from './types';
import { encoded } from './url';
import { as_text } from './visible';

export const column_names = ['method', 'template', 'service', 'risk', 'classes', 'calls', 'errors', 'last', 'unauthenticated', 'subjects'] as const;
export type ColumnName = (typeof column_names)[number];

export interface Order {
  key: ColumnName;
  down: boolean;
}

const first_order: Order = { key: 'calls', down: true };
const texts: readonly ColumnName[] = ['method', 'template', 'service'];

const by_column: Record<ColumnName, (row: InventoryEndpoint) => unknown> = {
  method: (row) => as_text(row.method),
  template: (row) => as_text(row.template),
  service: (row) => as_text(row.service),
  risk: (row) => row.risk,
  calls: (row) => row.calls,
  subjects: (row) => row.subjects,
  errors: (row) => row.client_errors + row.server_errors,
  unauthenticated: (row) => row.unauthenticated_percent,
  classes: (row) => row.classes.length,
  last: (row) => row.last,
};

/** The order that `calls`, `calls-` and the like ask for. Without a sensible one, what is called most comes first. */
export function order_of(param: string | undefined): Order {
  const down = param?.endsWith('-') ?? false;
  const key = column_names.find((name) => name === (down ? param?.slice(0, -1) : param));
  return key ? { key, down } : first_order;
}

/** What the address says of an order: nothing of the one that is in force without it. */
export function param_of({ key, down }: Order): string | undefined {
  if (key === first_order.key && down === first_order.down) return undefined;
  return `${key}${down ? '-' : ''}`;
}

/** The order after a click on the head of a column: texts begin with A, numbers with the greatest, then they turn. */
export function next_order(now: Order, key: ColumnName): Order {
  return { key, down: now.key === key ? !now.down : !texts.includes(key) };
}

/** Endpoints at which values of a class pass; all where none is named. */
export function holding(rows: readonly InventoryEndpoint[], name: string | undefined): readonly InventoryEndpoint[] {
  return name ? rows.filter((row) => row.classes.some((it) => as_text(it) === name)) : rows;
}

/** Every class that is met, by its name. */
export function classes_of(rows: readonly InventoryEndpoint[]): string[] {
  return [...new Set(rows.flatMap((row) => row.classes.map(as_text)))].sort();
}

/** The first names, which are of the most sensitive classes, and how many are left out. */
export function shortened(names: readonly string[], shown_max: number): { shown: string[]; more: number } {
  return { shown: names.slice(0, shown_max), more: Math.max(0, names.length - shown_max) };
}

export const groupings = ['service', 'owner', 'team', 'tag', 'audience', 'class'] as const;
export type Grouping = (typeof groupings)[number];

const names_by: Record<Grouping, (row: InventoryEndpoint) => unknown[]> = {
  service: (row) => [row.service],
  owner: (row) => [row.owner],
  team: (row) => [row.team],
  tag: (row) => row.tags,
  audience: (row) => [row.audience],
  class: (row) => row.classes,
};

export function grouping_of(param: string | undefined): Grouping | undefined {
  return groupings.find((name) => name === param);
}

/** Endpoints that have something in common. One with two tags or classes stands in two groups. */
export interface EndpointGroup {
  /** Empty for those that have none. */
  name: string;
  /** What the address calls it. */
  key: string;
  rows: InventoryEndpoint[];
  risk: number;
}

/** Groups by their names, those without one last; rows keep their order. */
export function grouped(rows: readonly InventoryEndpoint[], by: Grouping): EndpointGroup[] {
  const groups = new Map<string, InventoryEndpoint[]>();
  for (const row of rows) {
    const names = new Set(names_by[by](row).map(as_text).filter(Boolean));
    for (const name of names.size > 0 ? names : ['']) {
      const found = groups.get(name);
      if (found) found.push(row);
      else groups.set(name, [row]);
    }
  }
  return [...groups]
    .sort(([a], [b]) => Number(!a) - Number(!b) || compare_cells(a, b))
    .map(([name, own]) => ({ name, key: key_of(name), rows: own, risk: own.reduce((most, { risk }) => Math.max(most, risk), 0) }));
}

/** `!` is nobody's name in an address. */
function key_of(name: string): string {
  return name ? encoded(name).replaceAll('!', '%21') : '!';
}

/** The groups that the address says are closed. */
export function closed_of(param: string | undefined): ReadonlySet<string> {
  return new Set(param?.split(',').filter(Boolean));
}

/** What the address says of closed groups, after one was opened or closed. */
export function closed_param(closed: ReadonlySet<string>, key: string): string | undefined {
  const next = new Set(closed);
  if (!next.delete(key)) next.add(key);
  return [...next].join(',') || undefined;
}

/** A sorted copy; what is alike stands by path, method and operation. */
export function ordered(rows: readonly InventoryEndpoint[], { key, down }: Order): InventoryEndpoint[] {
  const cell = by_column[key];
  return [...rows].sort((a, b) => {
    const order = compare_cells(cell(a), cell(b));
    return (down ? -order : order) || compare_cells(a.template, b.template) || compare_cells(a.method, b.method) || compare_cells(a.operation, b.operation);
  });
}

export interface InventoryTotals {
  endpoints: number;
  services: number;
  candidates: number;
  full: number;
}

/** The numbers of one service, or of all where none is chosen. */
export function totals_of(services: readonly InventoryService[], chosen: string | undefined): InventoryTotals {
  const counted = chosen ? services.filter(({ name }) => name === chosen) : services;
  const sum = (of: (service: InventoryService) => number) => counted.reduce((total, service) => total + of(service), 0);
  return {
    endpoints: sum(({ endpoints }) => endpoints),
    services: counted.length,
    candidates: sum(({ candidates }) => candidates),
    full: sum(({ full }) => full),
  };
}
