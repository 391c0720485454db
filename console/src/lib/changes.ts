/** Changes as a feed: narrowed to a kind and a service, and by day. Pure. */
import { moment } from './format';
import type { Change } from './types';
import { as_text } from './visible';

export const change_kinds = ['endpoint', 'request_field', 'response_field', 'status', 'silent'] as const;
export type ChangeKind = (typeof change_kinds)[number];

/** Those that fit; without a filter, all. */
export function fitting(changes: readonly Change[], what: string | undefined, service: string | undefined): readonly Change[] {
  return changes.filter((it) => (!what || as_text(it.what) === what) && (!service || as_text(it.service) === service));
}

export interface Day {
  day: string;
  changes: Change[];
}

/** In the order that they have; a day begins where the clock that is shown says so. */
export function by_day(changes: readonly Change[], utc: boolean): Day[] {
  const days: Day[] = [];
  for (const change of changes) {
    const day = moment(change.at / 1000, utc).slice(0, 10);
    const last = days.at(-1);
    if (last?.day === day) last.changes.push(change);
    else days.push({ day, changes: [change] });
  }
  return days;
}
