/** Flaws as the screen shows them: by themselves, or under the item of OWASP that they belong to. Pure. */
import type { RankedFlaw } from './types';
import { as_text } from './visible';

/** Flaws that are found in what messages hold, and counted in messages whose fields were kept. All others are counted in calls. */
const counted_in_messages: readonly string[] = ['anonymous_data', 'secret_leaves', 'exposure', 'credential_in_url'];

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
