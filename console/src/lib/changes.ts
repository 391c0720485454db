/** Changes as a feed: narrowed to a kind, a service and a day, and counted by day and service. Pure. */
import { moment } from './format';
import type { Change } from './types';
import { as_text } from './visible';

export const change_kinds = ['endpoint', 'request_field', 'response_field', 'request_value', 'response_value', 'status', 'silent'] as const;
export type ChangeKind = (typeof change_kinds)[number];

/** Those that fit; without a filter, all. */
export function fitting(changes: readonly Change[], what: string | undefined, service: string | undefined): readonly Change[] {
  return changes.filter((it) => (!what || as_text(it.what) === what) && (!service || as_text(it.service) === service));
}

/** Their day as the clock that is shown says it. */
const day_of = (change: Change, utc: boolean) => moment(change.at / 1000, utc).slice(0, 10);

/** Those of a day; without one, all. */
export function of_day(changes: readonly Change[], day: string | undefined, utc: boolean): readonly Change[] {
  return day ? changes.filter((it) => day_of(it, utc) === day) : changes;
}

export interface DigestRow {
  day: string;
  service: string;
  counts: Record<ChangeKind, number>;
}

/** What happened on each day at each service, in numbers: the latest day first, services by name. */
export function digest(changes: readonly Change[], utc: boolean): DigestRow[] {
  const rows = new Map<string, DigestRow>();
  for (const change of changes) {
    const [day, service] = [day_of(change, utc), as_text(change.service)];
    const key = `${day} ${service}`;
    const row = rows.get(key) ?? { day, service, counts: { endpoint: 0, request_field: 0, response_field: 0, request_value: 0, response_value: 0, status: 0, silent: 0 } };
    rows.set(key, row);
    const kind = change_kinds.find((name) => name === change.what);
    if (kind) row.counts[kind] += 1;
  }
  return [...rows.values()].sort((a, b) => (a.day < b.day ? 1 : a.day > b.day ? -1 : a.service < b.service ? -1 : a.service > b.service ? 1 : 0));
}

export interface Day {
  day: string;
  changes: Change[];
}

/** In the order that they have; a day begins where the clock that is shown says so. */
export function by_day(changes: readonly Change[], utc: boolean): Day[] {
  const days: Day[] = [];
  for (const change of changes) {
    const day = day_of(change, utc);
    const last = days.at(-1);
    if (last?.day === day) last.changes.push(change);
    else days.push({ day, changes: [change] });
  }
  return days;
}
