/**
 * The time range of the console: the last so many minutes, hours or days, or from a moment on. The API takes ages
 * (`since=5400s`), so a moment is turned into one.
 */

export const presets = ['15m', '1h', '6h', '24h', '7d', '30d'] as const;
export const preset_default = '1h';

const unit_s: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The seconds of `90s`, `15m`, `6h`, `7d`; nothing if it is none of these. */
export function age_s(text: string): number | null {
  const match = /^(\d{1,7})([smhd])$/.exec(text);
  if (!match) return null;
  return Number(match[1]) * (unit_s[match[2] ?? ''] ?? 0);
}

export interface Range {
  /** What the API is asked for. */
  since: string;
  seconds: number;
  /** Set where the range begins at a moment. */
  from: string | null;
}

/** The range that an address asks for; `from` wins over `since`. */
export function range_of(params: Record<string, string>, now_ms: number): Range {
  const from_ms = params.from ? Date.parse(params.from) : NaN;
  if (!Number.isNaN(from_ms) && from_ms < now_ms) {
    const seconds = Math.ceil((now_ms - from_ms) / 1000);
    return { since: `${seconds}s`, seconds, from: new Date(from_ms).toISOString() };
  }
  const since = params.since && age_s(params.since) ? params.since : preset_default;
  return { since, seconds: age_s(since) ?? 3600, from: null };
}
