/**
 * The live view: exchanges as they happen, over server-sent events. It keeps the newest 500, counts what it could not
 * keep or was told was skipped, and after a break asks for what followed the last id that it saw.
 */
import { Problem, request } from './api';
import { lines_of } from './lines';
import { as_problem } from './loader.svelte';
import { events_of } from './sse';
import type { Exchange, LiveState } from './types';

export const rows_max = 500;
const wait_ms_min = 500;
const wait_ms_max = 15_000;

export type LivePhase = 'connecting' | 'open' | 'waiting' | 'refused';

export class Live {
  rows: Exchange[] = $state.raw([]);
  /** Arrived while paused; shown on resume. */
  held: Exchange[] = $state.raw([]);
  skipped = $state(0);
  dropped = $state(0);
  state: LiveState | null = $state.raw(null);
  phase: LivePhase = $state('connecting');
  problem: Problem | null = $state.raw(null);
  is_paused = $state(false);
  #last_id: string | null = null;
  #stop = new AbortController();
  #arrived: Exchange[] = [];
  #is_frame_due = false;

  constructor(private readonly filter: Record<string, string | undefined>) {
    void this.#run();
  }

  close(): void {
    this.#stop.abort();
  }

  pause(): void {
    this.is_paused = true;
  }

  resume(): void {
    this.is_paused = false;
    this.#take(this.held);
    this.held = [];
  }

  clear(): void {
    this.rows = [];
    this.held = [];
    this.skipped = 0;
    this.dropped = 0;
  }

  async #run(): Promise<void> {
    let wait_ms = wait_ms_min;
    while (!this.#stop.signal.aborted) {
      this.phase = 'connecting';
      try {
        const headers: Record<string, string> = { Accept: 'text/event-stream' };
        if (this.#last_id) headers['Last-Event-ID'] = this.#last_id;
        const response = await request('/live', this.filter, { headers, signal: this.#stop.signal });
        this.phase = 'open';
        this.problem = null;
        wait_ms = wait_ms_min;
        if (response.body) for await (const event of events_of(lines_of(response.body))) this.#event(event);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.problem = as_problem(error);
        if (this.problem.status === 401 || this.problem.status === 403) {
          this.phase = 'refused';
          return;
        }
      }
      if (this.#stop.signal.aborted) return;
      this.phase = 'waiting';
      await new Promise((resolve) => setTimeout(resolve, wait_ms));
      wait_ms = Math.min(wait_ms * 2, wait_ms_max);
    }
  }

  #event({ type, data, id }: { type: string; data: string; id: string | null }): void {
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      return;
    }
    if (id && /^[\x21-\x7e]{1,128}$/.test(id)) this.#last_id = id;
    if (type === 'exchange') {
      this.#arrived.push(value as Exchange);
      if (this.#arrived.length > rows_max) {
        this.#arrived.shift();
        this.dropped += 1;
      }
      this.#soon();
    } else if (type === 'skipped') {
      this.skipped += Number((value as { count: number }).count) || 0;
    } else if (type === 'state') {
      this.state = value as LiveState;
    }
  }

  /** Many rows arrive in one turn; they are shown together, four times a second. */
  #soon(): void {
    if (this.#is_frame_due) return;
    this.#is_frame_due = true;
    setTimeout(() => {
      this.#is_frame_due = false;
      const arrived = this.#arrived.reverse();
      this.#arrived = [];
      if (this.is_paused) {
        const held = [...arrived, ...this.held];
        this.dropped += Math.max(0, held.length - rows_max);
        this.held = held.slice(0, rows_max);
      } else {
        this.#take(arrived);
      }
    }, 250);
  }

  #take(newest_first: Exchange[]): void {
    const known = new Set(this.rows.map((row) => row.id));
    const fresh = newest_first.filter((row) => !known.has(row.id));
    this.rows = [...fresh, ...this.rows].slice(0, rows_max);
  }
}
