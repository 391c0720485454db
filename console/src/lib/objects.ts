/** Objects: what is one, and what became of a use of another's. */
import type { ObjectUse } from './types';

/** The clauses that are about whose something is. */
export const clauses: readonly string[] = ['provenance.reference', 'ownership.request', 'ownership.answer'];

const hash_form = /^[0-9a-f]{16}$/;
const none = '0'.repeat(16);

/** Whether a text names an object. Where nothing was hashed, there is none. */
export function is_object(text: string): boolean {
  return hash_form.test(text) && text !== none;
}

/** What became of it, in the word that its badge has. */
export function became(use: Pick<ObjectUse, 'effect' | 'cut'>): string {
  return use.cut ? 'cut' : use.effect;
}

/** Older uses behind those that are there; an exchange has all of its uses in one page. */
export function with_older(uses: ObjectUse[], older: ObjectUse[]): ObjectUse[] {
  const there = new Set(uses.map((it) => it.exchange));
  return [...uses, ...older.filter((it) => !there.has(it.exchange))];
}
