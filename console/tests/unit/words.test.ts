/** How numbers, times and foreign texts are shown. */
import { describe, expect, it } from 'vitest';
import { bytes, clock, count, duration, micros, moment, relative, share } from '../../src/lib/format';
import { cut, visible } from '../../src/lib/visible';
import { includes } from '../../src/lib/roles';
import { bars_of } from '../../src/lib/phases';
import { state_sentence } from '../../src/lib/state_sentence';
import type { Overview } from '../../src/lib/types';

describe('numbers', () => {
  const rows: [string, string][] = [
    [count(1234567), '1,234,567'],
    [bytes(0), '0 B'],
    [bytes(1023), '1023 B'],
    [bytes(1024), '1.0 KiB'],
    [bytes(123456789), '117.7 MiB'],
    [bytes(NaN), 'NaN'],
    [micros(12), '12 µs'],
    [micros(1900), '1.90 ms'],
    [micros(12400), '12.4 ms'],
    [micros(2_500_000), '2.50 s'],
    [share(1, 3), '33.3 %'],
    [share(0, 0), '0 %'],
    [share(1, 1_000_000), 'under 0.01 %'],
    [duration(0), '0 s'],
    [duration(59), '59 s'],
    [duration(60), '1 m'],
    [duration(4320), '1 h 12 m'],
    [duration(90_000), '1 d 1 h'],
    [duration(86_405), '1 d'],
  ];
  for (const [shown, wanted] of rows) it(wanted, () => expect(shown).toBe(wanted));
});

describe('times', () => {
  const time = '2026-11-22T05:11:56.123456Z';
  it('are ISO in UTC', () => expect(moment(time, true, true)).toBe('2026-11-22 05:11:56.123'));
  it('have a clock', () => expect(clock(time, true)).toBe('05:11:56'));
  it('are told from now', () => {
    expect(relative(time, Date.parse(time) + 4_320_000)).toBe('1 h 12 m ago');
    expect(relative(time, Date.parse(time) - 60_000)).toBe('in 1 m');
    expect(relative(time, Date.parse(time))).toBe('just now');
    expect(relative(Date.parse(time), Date.parse(time) + 4_320_000)).toBe('1 h 12 m ago');
  });
  it('are shown as they came where they are none', () => {
    expect(moment('<script>', true)).toBe('<script>');
    expect(relative('soon\u202e', 0)).toBe('soon⟨U+202E⟩');
    expect(relative(NaN, 0)).toBe('NaN');
  });
});

describe('foreign texts', () => {
  const rows: [string, string][] = [
    ['plain', 'plain'],
    ['a\u0000b', 'a␀b'],
    ['\u001b[31m', '␛[31m'],
    ['\u007f', '␡'],
    ['a\u202eb', 'a⟨U+202E⟩b'],
    ['\u2066x\u2069', '⟨U+2066⟩x⟨U+2069⟩'],
    ['z\u200bz', 'z⟨U+200B⟩z'],
    ['\ud800', '⟨U+D800⟩'],
    ['\u{e0041}', '⟨U+E0041⟩'],
    ['line\nfeed', 'line␊feed'],
    ['grüße 漢字 עברית 🎉', 'grüße 漢字 עברית 🎉'],
  ];
  for (const [raw, shown] of rows) it(JSON.stringify(raw), () => expect(visible(raw)).toBe(shown));
  it('keep their lines where lines are shown', () => expect(visible('a\n\tb\r', true)).toBe('a\n\tb␍'));
  it('are cut beside a pair, not within', () => {
    expect(cut('ab🎉', 3)).toEqual({ text: 'ab', is_cut: true });
    expect(cut('ab🎉', 4)).toEqual({ text: 'ab🎉', is_cut: false });
  });
});

describe('roles', () => {
  it('include the ones before', () => expect(includes('operator', 'analyst')).toBe(true));
  it('do not include the ones after', () => expect(includes('operator', 'admin')).toBe(false));
  it('that are unknown may what viewers may', () => {
    expect(includes('constructor', 'viewer')).toBe(true);
    expect(includes('constructor', 'analyst')).toBe(false);
  });
});

describe('phases', () => {
  it('follow each other', () =>
    expect(bars_of({ judged_us: 10, forwarded_us: 20, answered_us: 90, finished_us: 100 }).map((bar) => [bar.name, bar.from_us, bar.to_us])).toEqual([
      ['judge', 0, 10],
      ['forward', 10, 20],
      ['wait', 20, 90],
      ['relay', 90, 100],
    ]));
  it('of a refusal are two', () =>
    expect(bars_of({ judged_us: 10, forwarded_us: null, answered_us: null, finished_us: 15 }).map((bar) => bar.name)).toEqual(['judge', 'reply']));
});

describe('the first sentence', () => {
  const overview = (change: object): Overview =>
    ({
      bypass: null,
      health: { ready: true, reason: null },
      clauses: { enforced: 5, observed: 7, off: 1 },
      totals: { exchanges: 1234, refused: 1, would_refuse: 12 },
      ...change,
    }) as Overview;
  const rows: [object, string, string][] = [
    [{}, 'Enforcing 5 clauses, observing 7.', 'Of 1,234 exchanges, 1 was refused and 12 would have been.'],
    [{ clauses: { enforced: 0, observed: 12, off: 0 } }, 'Observing 12 clauses, enforcing none: only the law of HTTP refuses.', 'Of 1,234 exchanges, 1 was refused and 12 would have been.'],
    [{ clauses: { enforced: 1, observed: 0, off: 0 }, totals: { exchanges: 0, refused: 0, would_refuse: 0 } }, 'Enforcing 1 clause.', 'No exchange was seen in this time range.'],
    [{ bypass: { until: '', reason: '' }, totals: { exchanges: 1, refused: 0, would_refuse: 0 } }, 'Bypass in force: only the law of HTTP refuses.', 'None of 1 exchange was refused, and none would have been.'],
    [{ health: { ready: false, reason: 'x' } }, 'The gateway is not ready.', 'Of 1,234 exchanges, 1 was refused and 12 would have been.'],
  ];
  for (const [change, now, then] of rows) it(now, () => expect(state_sentence(overview(change))).toEqual({ now, then }));
});
