/**
 * Numbers, sizes, durations and times as people read them. Times are ISO dates in UTC or local time; durations are
 * spelled (`1 h 12 m`). What is no time is shown as the text that it is.
 */

import { cut, visible } from './visible';

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function count(value: number): string {
  return Number.isFinite(value) ? grouped.format(value) : String(value);
}

export function share(part: number, whole: number): string {
  if (!(whole > 0)) return '0 %';
  const percent = (100 * part) / whole;
  if (percent > 0 && percent < 0.01) return 'under 0.01 %';
  return `${percent.toFixed(percent < 1 ? 2 : 1)} %`;
}

export function bytes(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}

/** Microseconds in the unit in which they are a small number. */
export function micros(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value < 1000) return `${Math.round(value)} µs`;
  if (value < 1_000_000) return `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} ms`;
  return `${(value / 1_000_000).toFixed(2)} s`;
}

/** Seconds in the two largest units that say something. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return String(seconds);
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

const no_time = (text: string | number) => visible(cut(String(text), 40).text);

/** How long ago, or how long until. */
export function relative(time: string | number, now_ms: number): string {
  const at = new Date(time).getTime();
  if (Number.isNaN(at)) return no_time(time);
  const seconds = Math.round((now_ms - at) / 1000);
  if (Math.abs(seconds) < 2) return 'just now';
  return seconds > 0 ? `${duration(seconds)} ago` : `in ${duration(-seconds)}`;
}

const two = (value: number) => String(value).padStart(2, '0');

/** `2026-11-22 05:11:56`, with milliseconds where `precise`, in UTC or in the browser's zone. */
export function moment(time: string | number, utc: boolean, precise = false): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return no_time(time);
  const day = utc
    ? `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${clock(time, utc, precise)}`;
}

/** `05:11:56`, with milliseconds where `precise`. */
export function clock(time: string | number, utc: boolean, precise = false): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return no_time(time);
  const base = utc
    ? `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
    : `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  if (!precise) return base;
  return `${base}.${String(date.getUTCMilliseconds()).padStart(3, '0')}`;
}

/** The day, as exceptions end on one. */
export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
