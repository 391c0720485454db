/** The address of what is seen, for somebody else: a relative range is replaced by the moment at which it begins. */
import { copy } from './copy';
import { range_of } from './range';
import { router } from './router.svelte';

export function lasting_link(now_ms: number): string {
  const { seconds } = range_of(router.params, now_ms);
  const from = new Date(now_ms - seconds * 1000).toISOString();
  return new URL(router.with({ since: undefined, from }), location.href).href;
}

export const copy_link = (): Promise<void> => copy(lasting_link(Date.now()));
