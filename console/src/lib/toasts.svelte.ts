/** Short messages about what was just done, some with a way back. A toast with an undo stays for ten seconds. */
export interface Toast {
  id: number;
  text: string;
  tone: 'done' | 'failed';
  undo: (() => Promise<void>) | null;
}

const stays_ms = 10_000;

class Toasts {
  list: Toast[] = $state([]);
  #next_id = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(text: string, options: { tone?: Toast['tone']; undo?: () => Promise<void> } = {}): void {
    const toast: Toast = { id: this.#next_id, text, tone: options.tone ?? 'done', undo: options.undo ?? null };
    this.#next_id += 1;
    this.list = [...this.list.slice(-3), toast];
    this.resume(toast.id);
  }

  close(id: number): void {
    this.hold(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** While a pointer or the focus rests on it, a toast does not go. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  resume(id: number): void {
    this.hold(id);
    this.#timers.set(
      id,
      setTimeout(() => this.close(id), stays_ms),
    );
  }
}

export const toasts = new Toasts();
