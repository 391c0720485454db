/** Moving through what stands on a screen that is no table: `j` and `k` go from one to the next. */

/** The place to go to; from nowhere, the first. Pure. */
export function step(at: number, by: number, length: number): number {
  return at < 0 ? 0 : Math.max(0, Math.min(length - 1, at + by));
}

export function move_among(within: HTMLElement | undefined, selector: string, by: number): void {
  const all = [...(within?.querySelectorAll<HTMLElement>(selector) ?? [])];
  all[step(all.indexOf(document.activeElement as HTMLElement), by, all.length)]?.focus();
}
