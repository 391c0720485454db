/** Profiles of APIs: what counts and whence, and what a dialog sends of them. Pure, but for the words. */
import { text } from '../text';
import type { ApiProfile, ProfilePart, ProfilePartName } from './types';
import { as_text } from './visible';

export const part_names: readonly ProfilePartName[] = ['audience', 'subject_kind', 'tenant', 'environment'];

/** Parts of which the words are few, and which. */
export const chosen_from: Partial<Record<ProfilePartName, readonly string[]>> = {
  audience: ['public', 'partner', 'internal'],
  subject_kind: ['person', 'workload', 'aggregate', 'none'],
};

/** What the others look like, as the control API asks for it. */
export const pattern_of: Partial<Record<ProfilePartName, string>> = {
  tenant: 'host|path:([1-9]|1[0-6])|claim:[!-~]{1,63}',
  environment: '[a-z0-9._\\-]{1,63}',
};

export type Source = 'configured' | 'confirmed' | 'proposed' | 'unknown';

/** Where a part comes from; what is only proposed counts for nothing. */
export function source_of(part: ProfilePart): Source {
  if (part.source === 'configured' || part.source === 'confirmed') return part.source;
  return part.proposed && part.proposed.value !== null ? 'proposed' : 'unknown';
}

/** A value in words. */
export function said_in(name: ProfilePartName, value: string): string {
  const words: Record<string, string> = name === 'audience' || name === 'subject_kind' ? text.profile.words[name] : {};
  return Object.hasOwn(words, value) ? (words[value] as string) : as_text(value);
}

/** Parts that traffic proposes and nobody said anything of. */
export function open_proposals(api: ApiProfile): number {
  return part_names.filter((name) => source_of(api[name]) === 'proposed').length;
}

export type Words = Record<ProfilePartName, string>;

/** What a dialog begins with: what is confirmed, else what is proposed. */
export function first_words(api: ApiProfile): Words {
  const word = ({ confirmed, proposed }: ProfilePart) => as_text(confirmed ?? proposed?.value);
  return { audience: word(api.audience), subject_kind: word(api.subject_kind), tenant: word(api.tenant), environment: word(api.environment) };
}

/**
 * What is sent: all that is confirmed from now on, as it takes the place of what was. A part that is configured keeps
 * what was confirmed of it, which counts again once the file says nothing.
 */
export function confirmation(api: ApiProfile, words: Words): Record<ProfilePartName, string | null> {
  const one = (name: ProfilePartName) => (api[name].configured === null ? words[name].trim() || null : api[name].confirmed);
  return { audience: one('audience'), subject_kind: one('subject_kind'), tenant: one('tenant'), environment: one('environment') };
}

/** What is confirmed now, to go back to. */
export function confirmed_now(api: ApiProfile): Record<ProfilePartName, string | null> {
  return { audience: api.audience.confirmed, subject_kind: api.subject_kind.confirmed, tenant: api.tenant.confirmed, environment: api.environment.confirmed };
}
