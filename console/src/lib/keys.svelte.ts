/**
 * Keys of the whole console: `g` and a letter to go somewhere, `/` to filter, `?` for help, `j` and `k` in lists.
 * Letters do nothing while somebody types, with a modifier, within a dialog, or where they are switched off
 * (WCAG 2.1.4).
 */
import { copy_link } from './link';
import { preferences } from './preferences.svelte';
import { router } from './router.svelte';

export const places: Record<string, string> = {
  o: 'overview',
  l: 'live',
  i: 'inventory',
  a: 'apis',
  r: 'retirement',
  p: 'posture',
  t: 'contracts',
  b: 'objects',
  c: 'changes',
  d: 'drift',
  e: 'exchanges',
  h: 'hunt',
  v: 'ledger',
  s: 'settings',
};

/** What a list on the screen can do; the one that came last answers the keys. */
export interface ListKeys {
  move(by: number): void;
  close(): boolean;
}

const prefix_ms = 1500;

class Keys {
  is_help_open = $state(false);
  is_palette_open = $state(false);
  #prefix_until_ms = 0;
  #lists: ListKeys[] = [];

  /** Registers a list until what it gives back is called. */
  list(keys: ListKeys): () => void {
    this.#lists.push(keys);
    return () => {
      this.#lists = this.#lists.filter((other) => other !== keys);
    };
  }

  handle = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      this.is_palette_open = !this.is_palette_open;
      return;
    }
    if (document.querySelector('dialog[open]')) return;
    const list = this.#lists.at(-1);
    if (event.key === 'Escape') {
      if (list?.close()) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || is_typing(event.target)) return;
    if (preferences.letters && this.#letter(event.key, list)) event.preventDefault();
  };

  #letter(key: string, list: ListKeys | undefined): boolean {
    if (performance.now() < this.#prefix_until_ms) {
      this.#prefix_until_ms = 0;
      const place = places[key];
      if (!place) return false;
      router.go([place]);
      return true;
    }
    switch (key) {
      case 'g':
        this.#prefix_until_ms = performance.now() + prefix_ms;
        return true;
      case '?':
        this.is_help_open = true;
        return true;
      case ':':
        this.is_palette_open = true;
        return true;
      case '/': {
        const filter = document.querySelector<HTMLInputElement>('[data-filter]');
        filter?.focus();
        filter?.select();
        return filter !== null;
      }
      case 'j':
        list?.move(1);
        return list !== undefined;
      case 'k':
        list?.move(-1);
        return list !== undefined;
      case 'y':
        void copy_link();
        return true;
      default:
        return false;
    }
  }
}

function is_typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}

export const keys = new Keys();
