/** The address in force, and the ways to change it. `url.ts` holds the grammar. */
import { format_hash, parse_hash, type Address } from './url';

class Router {
  address: Address = $state.raw(parse_hash(location.hash));

  constructor() {
    addEventListener('hashchange', () => this.#read());
    addEventListener('popstate', () => this.#read());
  }

  get screen(): string {
    return this.address.path[0] ?? 'overview';
  }

  get params(): Record<string, string> {
    return this.address.params;
  }

  /** The range travels from screen to screen; everything else belongs to one. */
  link(path: string[], params: Record<string, string | undefined> = {}): string {
    const { since, from } = this.address.params;
    return format_hash(path, { since, from, ...params });
  }

  go(path: string[], params: Record<string, string | undefined> = {}): void {
    location.hash = this.link(path, params);
  }

  /** The present address with some parameters changed; an empty one is taken out. */
  with(change: Record<string, string | undefined>): string {
    return format_hash(this.address.path, { ...this.address.params, ...change });
  }

  /** Typing in a filter replaces the entry of the history; choosing something adds one. */
  set(change: Record<string, string | undefined>, how: 'push' | 'replace' = 'push'): void {
    this.#show(this.with(change), how);
  }

  replace(hash: string): void {
    this.#show(hash, 'replace');
  }

  #show(hash: string, how: 'push' | 'replace'): void {
    if (hash === location.hash) return;
    if (how === 'push') history.pushState(null, '', hash);
    else history.replaceState(null, '', hash);
    this.#read();
  }

  #read(): void {
    this.address = parse_hash(location.hash);
  }
}

export const router = new Router();
