/** Flaws in groups, advice in pieces, changes by day, steps from one to the next. */
import { describe, expect, it } from 'vitest';
import { pieces_of } from '../../src/lib/advice';
import { by_day, fitting } from '../../src/lib/changes';
import { by_owasp, trend_of, unit_of } from '../../src/lib/posture';
import { step } from '../../src/lib/steps';
import type { Change, RankedFlaw } from '../../src/lib/types';

const flaw = (name: string, owasp: string, ids: string[]): RankedFlaw => ({
  flaw: name,
  title: name,
  owasp,
  risk: 1,
  hold: '',
  mend: '',
  endpoints: ids.map((id) => ({ id, service: 'shop', method: 'GET', template: '/', operation: '', risk: 1, seen: 1, of: 1, places: [] })),
});

describe('flaws by item of OWASP', () => {
  it('stand in the order of the gravest of each, and count an endpoint once', () => {
    const groups = by_owasp([flaw('a', 'API2:2023', ['1', '2']), flaw('b', 'API8:2023', ['1']), flaw('c', 'API2:2023', ['2', '3'])]);
    expect(groups.map(({ owasp, flaws, endpoints }) => [owasp, flaws.map((it) => it.flaw).join(), endpoints])).toEqual([
      ['API2:2023', 'a,c', 3],
      ['API8:2023', 'b', 1],
    ]);
  });
  it('are none of none', () => expect(by_owasp([])).toEqual([]));
});

it('flaws are counted in messages where messages show them, and else in calls', () => {
  expect(['anonymous_data', 'secret_leaves', 'exposure', 'credential_in_url'].map(unit_of)).toEqual(Array(4).fill('messages'));
  expect(['open_cors', 'predictable_ids', 'constructor', '', null].map(unit_of)).toEqual(Array(5).fill('calls'));
});

describe('advice', () => {
  const rows: [string, [string, boolean][]][] = [
    ['', []],
    ['plain', [['plain', false]]],
    ['Set `a: b`, or `c`.', [['Set ', false], ['a: b', true], [', or ', false], ['c', true], ['.', false]]],
    ['`a`', [['a', true]]],
    ['one ` alone', [['one ` alone', false]]],
    ['`a` and ` alone', [['a', true], [' and ` alone', false]]],
  ];
  for (const [advice, wanted] of rows) it(JSON.stringify(advice), () => expect(pieces_of(advice).map(({ text, is_code }) => [text, is_code])).toEqual(wanted));
});

const change = (time: string, what = 'endpoint', service = 'shop'): Change => ({
  at: Date.parse(time) * 1000,
  what,
  id: '0',
  service,
  method: 'GET',
  template: '/',
  operation: '',
  subjects: 1,
  calls: 1,
  place: null,
  class: null,
  status: null,
});

describe('changes', () => {
  const all = [change('2026-11-22T00:00:00Z'), change('2026-11-21T23:59:59Z', 'silent'), change('2026-11-21T01:00:00Z', 'silent', 'users')];
  it('stand by day, the latest first', () => {
    expect(by_day(all, true).map(({ day, changes }) => [day, changes.length])).toEqual([
      ['2026-11-22', 1],
      ['2026-11-21', 2],
    ]);
  });
  it('are narrowed by kind, by service, by both, and by nothing', () => {
    const found = (what?: string, service?: string) => fitting(all, what, service).length;
    expect([found(), found('silent'), found(undefined, 'shop'), found('silent', 'shop'), found('constructor')]).toEqual([3, 2, 2, 1, 0]);
  });
});

it('steps begin at the first, and stay within both ends', () => {
  expect([step(-1, 1, 3), step(-1, -1, 3), step(0, 1, 3), step(2, 1, 3), step(0, -1, 3)]).toEqual([0, 0, 1, 2, 0]);
});

it('a trend has a time for each day, and leaves out what is none', () => {
  const day = (day: string, weak: number) => ({ day, endpoints: 9, weak, at_risk: 1, flaws: {} });
  expect(trend_of([day('2026-11-20', 4), day('yesterday', 9), day('2026-11-21', 3)])).toEqual({
    times_s: [1_795_132_800, 1_795_219_200],
    weak: [4, 3],
    at_risk: [1, 1],
  });
});
