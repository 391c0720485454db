/** Marks of endpoints that go, in the order in which somebody does something about them. Pure. */
import type { Retirement } from './types';
import { as_text } from './visible';

/** What can go comes first, then what should be gone, then what is still called. */
export const states = ['ready', 'overdue', 'called', 'waiting', 'gone'] as const;
export type State = (typeof states)[number];

export const is_state = (name: string): name is State => states.some((it) => it === name);

/** Those that fit, by their states; within one, the nearest end first, and no end last. */
export function marks_of(all: readonly Retirement[], state: string | undefined, service: string | undefined): Retirement[] {
  const place = (it: Retirement) => {
    const at = states.findIndex((name) => name === as_text(it.state));
    return at < 0 ? states.length : at;
  };
  const end = (it: Retirement) => (it.sunset === null ? '~' : as_text(it.sunset));
  return all
    .filter((it) => (!state || as_text(it.state) === state) && (!service || as_text(it.service) === service))
    .sort((a, b) => place(a) - place(b) || (end(a) < end(b) ? -1 : end(a) > end(b) ? 1 : 0));
}
