/** Objects: which texts name one, what became of a use, pages that follow each other. */
import { describe, expect, it } from 'vitest';
import { became, clauses, is_object, with_older } from '../../src/lib/objects';
import { range_of } from '../../src/lib/range';
import type { ObjectUse } from '../../src/lib/types';
import { text } from '../../src/text';

const use = (exchange: string, place = 'segment 2'): ObjectUse => ({
  exchange,
  time: '2026-11-22T05:11:56.123456Z',
  endpoint: 'GET /orders/{int}',
  endpoint_id: null,
  route: 'shop',
  side: 'request',
  place,
  object: '00000000000000a1',
  clause: 'provenance.reference',
  code: 'provenance.foreign_reference',
  effect: 'refused',
  cut: false,
  outcome: 'refused',
  status: 403,
  subject: '0'.repeat(31) + '1',
  subject_kind: 'api_key',
  verified: false,
});

describe('objects', () => {
  it('are 16 hexadecimal digits', () => {
    expect(is_object('00000000000000a1')).toBe(true);
    for (const other of ['', '0000000000000000', '00000000000000A1', '0000000000000a1', '00000000000000a1/x', '../../../../../..']) expect(is_object(other)).toBe(false);
  });
  it('were refused, or cut in the middle', () => {
    expect(became({ effect: 'refused', cut: false })).toBe('refused');
    expect(became({ effect: 'refused', cut: true })).toBe('cut');
    expect(Object.hasOwn(text.effects, 'cut')).toBe(true);
  });
  it('of one exchange stay together', () => {
    const first = [use('b'), use('b', 'query customer')];
    expect(with_older(first, [use('b'), use('a')]).map((it) => it.exchange)).toEqual(['b', 'b', 'a']);
    expect(with_older([], first)).toEqual(first);
  });
  it('are counted as what they are', () => {
    expect(text.objects.summary(1, false)).toBe('1 use');
    expect(text.objects.summary(2, true)).toBe('2 uses; there are older ones');
    expect(text.objects.others(20, true)).toBe('and to more than 20 others');
    expect(text.objects.scanned(1, null)).toBe('Looked through 1 exchange.');
  });
  it('are found by three clauses', () => expect(clauses).toHaveLength(3));
  it('lead to callers over a range that there is', () => expect(range_of({ since: '30d' }, 0).since).toBe('30d'));
});
