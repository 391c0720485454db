/** One run of a hunt: sends the SQL, follows the progress, gathers rows, and can be cancelled at any time. */
import { Problem, request } from './api';
import { lines_of } from './lines';
import { as_problem } from './loader.svelte';
import type { HuntColumn, HuntDone, HuntLine, HuntProgress } from './types';

export const rows_max = 10_000;

export type HuntPhase = 'idle' | 'running' | 'done' | 'failed' | 'cancelled';

class Hunt {
  phase: HuntPhase = $state('idle');
  sql = $state('');
  progress: HuntProgress | null = $state.raw(null);
  columns: HuntColumn[] = $state.raw([]);
  rows: unknown[][] = $state.raw([]);
  done: HuntDone | null = $state.raw(null);
  problem: Problem | null = $state.raw(null);
  started_ms = $state(0);
  #running: AbortController | null = null;

  async run(sql: string, since: string, limit: number): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.phase = 'running';
    this.sql = sql;
    this.progress = null;
    this.columns = [];
    this.rows = [];
    this.done = null;
    this.problem = null;
    this.started_ms = Date.now();
    try {
      const body = JSON.stringify({ sql, since, limit: Math.min(limit, rows_max) });
      const response = await request('/hunt', {}, { method: 'POST', body, signal: running.signal });
      if (response.body) {
        for await (const line of lines_of(response.body)) {
          if (running.signal.aborted) return;
          if (line) this.#take(JSON.parse(line) as HuntLine);
        }
      }
      if (this.phase === 'running') {
        this.phase = 'failed';
        this.problem = new Problem(0, 'hunt.cut', '', '');
      }
    } catch (error) {
      if (running.signal.aborted) return;
      this.phase = 'failed';
      this.problem = as_problem(error);
    }
  }

  cancel(): void {
    if (this.phase !== 'running') return;
    this.#running?.abort();
    this.phase = 'cancelled';
  }

  #take(line: HuntLine): void {
    if (line.progress) this.progress = line.progress;
    if (line.columns) this.columns = line.columns;
    if (line.rows) this.rows = [...this.rows, ...line.rows].slice(0, rows_max);
    if (line.done) {
      this.done = line.done;
      this.phase = 'done';
    }
    if (line.error) {
      this.problem = new Problem(0, line.error.code, '', line.error.detail);
      this.phase = 'failed';
    }
  }
}

/** One for the page: a result stays while somebody looks at another screen. */
export const hunt = new Hunt();
