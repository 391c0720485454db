/** Advice in pieces: what stands between backticks is code. Pure. */

export interface Piece {
  text: string;
  is_code: boolean;
}

/** A backtick without a partner is a backtick. */
export function pieces_of(advice: string): Piece[] {
  const parts = advice.split('`');
  if (parts.length % 2 === 0) {
    const rest = parts.splice(-2).join('`');
    parts.push(rest);
  }
  return parts.map((text, index) => ({ text, is_code: index % 2 === 1 })).filter(({ text }) => text !== '');
}
