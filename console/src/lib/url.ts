/**
 * Addresses of screens: `#/exchanges?outcome=refused&since=1h`. Everything that a screen shows is in its address, so
 * that a copied one shows the same. Pure; `router.svelte.ts` ties it to the browser.
 */

export interface Address {
  /** The segments of the path, decoded. */
  path: string[];
  params: Record<string, string>;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function parse_hash(hash: string): Address {
  const inner = hash.replace(/^#\/?/, '');
  const at = inner.indexOf('?');
  const path = (at < 0 ? inner : inner.slice(0, at)).split('/').filter(Boolean).map(decoded);
  const params: Record<string, string> = Object.create(null);
  if (at >= 0) for (const [name, value] of new URLSearchParams(inner.slice(at + 1))) params[name] = value;
  return { path, params };
}

/** A lone surrogate has no place in an address, and would be thrown at whoever encodes it. */
export function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

/** Parameters without a value are left out; the others stand in the order of their names. */
export function format_hash(path: string[], params: Record<string, string | undefined> = {}): string {
  const query = new URLSearchParams();
  for (const name of Object.keys(params).sort()) {
    const value = params[name];
    if (value) query.set(name, value);
  }
  const text = query.toString();
  return `#/${path.map(encoded).join('/')}${text ? `?${text}` : ''}`;
}
