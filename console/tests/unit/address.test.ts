/** Addresses and time ranges: what is written is what is read. */
import { describe, expect, it } from 'vitest';
import { age_s, range_of } from '../../src/lib/range';
import { format_hash, parse_hash } from '../../src/lib/url';

describe('addresses', () => {
  const rows: [string[], Record<string, string>][] = [
    [['overview'], {}],
    [['exchanges'], { outcome: 'refused', since: '24h', q: 'a b&c=d#e/f?g%' }],
    [['exchange', '01a2/..?#%'], {}],
    [['hunt'], { sql: "select *\nfrom hits where code = 'ä'\t-- 100 %" }],
    [['x'], { constructor: 'y', __proto_: 'z' }],
  ];
  for (const [path, params] of rows) {
    it(JSON.stringify([path, params]), () => {
      const read = parse_hash(format_hash(path, params));
      expect(read.path).toEqual(path);
      expect({ ...read.params }).toEqual(params);
    });
  }
  it('leave out what is empty and order what is not', () => {
    expect(format_hash(['a'], { z: '1', b: undefined, c: '', a: '2' })).toBe('#/a?a=2&z=1');
  });
  it('do not fall over lone surrogates', () => expect(format_hash(['a\ud800'], { b: '\udfff' })).toBe('#/a%EF%BF%BD?b=%EF%BF%BD'));
  it('do not fall over broken escapes', () => expect(parse_hash('#/a%zz?b=%zz').path).toEqual(['a%zz']));
  it('have no inherited parameters', () => {
    expect(parse_hash('#/a').params.constructor).toBeUndefined();
    expect(Object.getPrototypeOf(parse_hash('#/a?__proto__=x').params)).toBeNull();
  });
});

describe('ranges', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  it('are ages', () => {
    expect([age_s('15m'), age_s('6h'), age_s('7d'), age_s('5400s')]).toEqual([900, 21_600, 604_800, 5400]);
    expect([age_s('h'), age_s('-1h'), age_s('1w'), age_s('1h ')]).toEqual([null, null, null, null]);
  });
  it('begin at a moment where one is given', () =>
    expect(range_of({ from: '2026-11-22T11:00:00Z', since: '7d' }, now)).toEqual({ since: '3600s', seconds: 3600, from: '2026-11-22T11:00:00.000Z' }));
  it('are the last hour where nothing, or nothing sensible, is asked for', () => {
    for (const params of [{}, { since: 'x' }, { since: '0h' }, { from: 'x' }, { from: '2026-11-23T00:00:00Z' }]) {
      expect(range_of(params as Record<string, string>, now).since).toBe('1h');
    }
  });
});
