/** Flaws as the screen shows them: by themselves, or under the item of OWASP that they belong to. Pure. */
import type { PostureDay, RankedFlaw } from './types';
import { as_text } from './visible';

/** Flaws that are found in what messages hold, and counted in messages whose fields were kept. All others are counted in calls. */
const counted_in_messages: readonly string[] = ['anonymous_data', 'secret_leaves', 'exposure', 'credential_in_url', 'internal_fields'];

export function unit_of(flaw: unknown): 'messages' | 'calls' {
  return counted_in_messages.includes(as_text(flaw)) ? 'messages' : 'calls';
}

export interface FlawGroup {
  owasp: string;
  flaws: RankedFlaw[];
  /** Endpoints that have at least one of them. */
  endpoints: number;
}

/** Groups in the order of their gravest flaw; the flaws keep theirs. */
export function by_owasp(flaws: readonly RankedFlaw[]): FlawGroup[] {
  const groups = new Map<string, RankedFlaw[]>();
  for (const flaw of flaws) {
    const owasp = as_text(flaw.owasp);
    groups.set(owasp, [...(groups.get(owasp) ?? []), flaw]);
  }
  return [...groups].map(([owasp, own]) => ({
    owasp,
    flaws: own,
    endpoints: new Set(own.flatMap(({ endpoints }) => endpoints.map(({ id }) => as_text(id)))).size,
  }));
}

export interface Trend {
  times_s: number[];
  weak: number[];
  at_risk: number[];
}

/** Days as lines of a chart. What is no day is left out. */
export function trend_of(days: readonly PostureDay[]): Trend {
  const known = days.map((it) => ({ it, at_s: Date.parse(`${as_text(it.day)}T00:00:00Z`) / 1000 })).filter(({ at_s }) => Number.isFinite(at_s));
  return { times_s: known.map(({ at_s }) => at_s), weak: known.map(({ it }) => it.weak), at_risk: known.map(({ it }) => it.at_risk) };
}
