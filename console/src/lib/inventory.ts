/** The order of the inventory, as its address says it, what of it is shown, and its numbers in all. Pure. */
import { compare_cells } from './sort';
import type { InventoryEndpoint, InventoryService } from './types';
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

/** A copy in which the rows of each service stand together, in the order that they have. */
export function by_service(rows: readonly InventoryEndpoint[]): InventoryEndpoint[] {
  return [...rows].sort((a, b) => compare_cells(as_text(a.service), as_text(b.service)));
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
