/** Texts to the clipboard and to files, without leaving the page. */
import { text } from '../text';
import { toasts } from './toasts.svelte';

export async function copy(what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(what);
    toasts.show(text.copy.done);
  } catch {
    toasts.show(text.copy.failed, { tone: 'failed' });
  }
}

export function download(name: string, type: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
