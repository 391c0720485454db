/**
 * The state of the gateway, asked for every ten seconds while the page is seen. The overview shows all of it, the
 * banners of every screen a part.
 */
import { get } from './api';
import { Loader } from './loader.svelte';
import { range_of } from './range';
import { router } from './router.svelte';
import type { Overview } from './types';

const every_ms = 10_000;

class Status {
  loader = new Loader<Overview>();
  #timer: ReturnType<typeof setInterval> | undefined;

  get overview(): Overview | null {
    return this.loader.data;
  }

  refresh(): Promise<void> {
    const { seconds } = range_of(router.params, Date.now());
    const minutes = Math.max(1, Math.ceil(seconds / 60));
    return this.loader.load((signal) => get<Overview>('/overview', { minutes }, signal));
  }

  /** Begins to ask, until what it gives back is called. */
  start(): () => void {
    const ask = () => {
      if (!document.hidden) void this.refresh();
    };
    this.#timer = setInterval(ask, every_ms);
    document.addEventListener('visibilitychange', ask);
    return () => {
      clearInterval(this.#timer);
      document.removeEventListener('visibilitychange', ask);
      this.loader.clear();
    };
  }
}

export const status = new Status();
