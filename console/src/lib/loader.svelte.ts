/**
 * One thing that a screen asks the API for. A newer question cancels the older one, so that an answer that comes late
 * never replaces one that was asked for after it.
 */
import { Problem } from './api';

export class Loader<T> {
  data: T | null = $state.raw(null);
  problem: Problem | null = $state.raw(null);
  is_busy = $state(false);
  #running: AbortController | null = null;

  async load(ask: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.is_busy = true;
    try {
      const data = await ask(running.signal);
      if (running.signal.aborted) return;
      this.data = data;
      this.problem = null;
    } catch (error) {
      if (running.signal.aborted) return;
      this.problem = as_problem(error);
    } finally {
      if (this.#running === running) this.is_busy = false;
    }
  }

  clear(): void {
    this.#running?.abort();
    this.is_busy = false;
    this.data = null;
    this.problem = null;
  }
}

/** Whatever was thrown, as something that can be shown. */
export function as_problem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, 'console.answer', '', error instanceof Error ? error.message : String(error));
}
