/** The one sentence (and the one after it) that the overview begins with: what is in force, and what that did. */
import { text } from '../text';
import type { Overview } from './types';

export function state_sentence(overview: Overview): { now: string; then: string } {
  const { clauses, totals, bypass, health } = overview;
  const t = text.state;
  const now = bypass
    ? t.bypassed
    : !health.ready
      ? t.not_ready
      : clauses.enforced === 0
        ? t.observing(clauses.observed)
        : clauses.observed === 0
          ? t.enforcing(clauses.enforced)
          : t.mixed(clauses.enforced, clauses.observed);
  const then =
    totals.exchanges === 0
      ? t.quiet
      : totals.refused === 0 && totals.would_refuse === 0
        ? t.clean(totals.exchanges)
        : t.acted(totals.exchanges, totals.refused, totals.would_refuse);
  return { now, then };
}
