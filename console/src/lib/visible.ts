/**
 * Makes characters visible that a screen would hide or obey: control bytes, bidirectional overrides, zero widths,
 * lone surrogates. What comes out is plain text and is only ever set as text.
 */

const control_pictures = 0x2400;
const delete_picture = '\u2421';

/** Characters that change how their neighbours are shown, or are not seen at all. */
const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu;

function shown(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x20) return String.fromCharCode(control_pictures + point);
  if (point === 0x7f) return delete_picture;
  return `⟨U+${point.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** The text with every hidden character replaced by a visible one. `lines` keeps line feeds and tabs. */
export function visible(text: string, lines = false): string {
  return text.replace(hidden, (character) =>
    lines && (character === '\n' || character === '\t') ? character : shown(character),
  );
}

/** Anything that a response may hold where a text was promised, as text. */
export function as_text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

/** The first `length_max` characters, not cut within a surrogate pair, and whether anything was left out. */
export function cut(text: string, length_max: number): { text: string; is_cut: boolean } {
  if (text.length <= length_max) return { text, is_cut: false };
  const last = text.charCodeAt(length_max - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? length_max - 1 : length_max;
  return { text: text.slice(0, end), is_cut: true };
}

/** A foreign text as part of a name that is read aloud: visible, and short. */
export function spoken(value: unknown): string {
  return visible(cut(as_text(value), 60).text);
}
