/** What a person chose for this browser: theme, time zone, single-letter keys, width of the rail. */

export type Theme = 'system' | 'light' | 'dark';

const place = 'bartizan-console';

interface Kept {
  theme: Theme;
  utc: boolean;
  letters: boolean;
  narrow: boolean;
}

function kept(): Kept {
  const standard: Kept = { theme: 'system', utc: true, letters: true, narrow: false };
  try {
    const found = JSON.parse(localStorage.getItem(place) ?? '{}') as Partial<Kept>;
    return { ...standard, ...found };
  } catch {
    return standard;
  }
}

class Preferences {
  #values: Kept = $state(kept());
  #system_dark = $state(matchMedia('(prefers-color-scheme: dark)').matches);

  constructor() {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => {
      this.#system_dark = event.matches;
    });
    this.#apply();
  }

  get theme(): Theme {
    return this.#values.theme;
  }
  get utc(): boolean {
    return this.#values.utc;
  }
  get letters(): boolean {
    return this.#values.letters;
  }
  get narrow(): boolean {
    return this.#values.narrow;
  }
  get is_dark(): boolean {
    return this.theme === 'dark' || (this.theme === 'system' && this.#system_dark);
  }

  set<K extends keyof Kept>(name: K, value: Kept[K]): void {
    this.#values[name] = value;
    try {
      localStorage.setItem(place, JSON.stringify(this.#values));
    } catch {
      // A browser that keeps nothing still shows everything.
    }
    this.#apply();
  }

  next_theme(): void {
    const order: Theme[] = ['system', 'light', 'dark'];
    this.set('theme', order[(order.indexOf(this.theme) + 1) % order.length] ?? 'system');
  }

  #apply(): void {
    const { theme } = this.#values;
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }
}

export const preferences = new Preferences();
