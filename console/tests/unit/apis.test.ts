/** Profiles, retirement and the digest: what is sent, in which order things stand, what is counted. */
import { describe, expect, it } from 'vitest';
import { by_day, digest, of_day } from '../../src/lib/changes';
import { confirmation, confirmed_now, first_words, open_proposals, pattern_of, said_in, source_of } from '../../src/lib/profile';
import { marks_of } from '../../src/lib/retirement';
import type { ApiProfile, Change, ProfilePart, Retirement } from '../../src/lib/types';

const part = (change: Partial<ProfilePart> = {}): ProfilePart => ({ value: null, source: null, configured: null, confirmed: null, proposed: null, ...change });
const proposed = (value: string | null) => ({ value, reason: 'so', seen: 1, of: 2 });
const api: ApiProfile = {
  service: 'orders',
  owner: null,
  team: null,
  tags: [],
  endpoints: 0,
  calls: 0,
  retiring: 0,
  confirmed_by: null,
  confirmed_at: null,
  baseline: { duties: [], source: null },
  audience: part({ value: 'public', source: 'configured', configured: 'public', confirmed: 'partner', proposed: proposed('internal') }),
  subject_kind: part({ proposed: proposed('workload') }),
  tenant: part({ value: 'host', source: 'confirmed', confirmed: 'host', proposed: proposed('path:2') }),
  environment: part(),
};

describe('a profile', () => {
  it('says where each part comes from, and a proposal counts for nothing', () => {
    expect([api.audience, api.subject_kind, api.tenant, api.environment, part({ proposed: proposed(null) })].map(source_of)).toEqual(['configured', 'proposed', 'confirmed', 'unknown', 'unknown']);
    expect(open_proposals(api)).toBe(1);
  });
  it('begins with what is confirmed, then what is proposed', () => {
    expect(first_words(api)).toEqual({ audience: 'partner', subject_kind: 'workload', tenant: 'host', environment: '' });
  });
  it('sends everything, nothing as null, and of what is configured what was confirmed', () => {
    expect(confirmation(api, { audience: 'internal', subject_kind: '', tenant: ' claim:tid ', environment: ' ' })).toEqual({ audience: 'partner', subject_kind: null, tenant: 'claim:tid', environment: null });
    expect(confirmed_now(api)).toEqual({ audience: 'partner', subject_kind: null, tenant: 'host', environment: null });
  });
  it('takes the same words as the control API', () => {
    const fits = (name: 'tenant' | 'environment', value: string) => new RegExp(`^(?:${pattern_of[name]})$`, 'v').test(value);
    for (const value of ['host', 'path:1', 'path:16', 'claim:tid', 'claim:~!']) expect(fits('tenant', value)).toBe(true);
    for (const value of ['', 'hosts', 'path:0', 'path:17', 'claim:', 'claim:a b', `claim:${'a'.repeat(64)}`]) expect(fits('tenant', value)).toBe(false);
    for (const value of ['production', 'eu-1.a_b', 'a'.repeat(63)]) expect(fits('environment', value)).toBe(true);
    for (const value of ['', 'Prod', 'a b', 'a'.repeat(64)]) expect(fits('environment', value)).toBe(false);
  });
  it('has words for what it knows, and shows what it does not', () => {
    expect(said_in('subject_kind', 'workload')).toBe('programs');
    for (const value of ['constructor', '__proto__', 'robots']) expect(said_in('audience', value)).toBe(value);
    expect(said_in('tenant', 'path:2')).toBe('path:2');
  });
});

describe('marks', () => {
  const mark = (state: string, sunset: string | null, service = 'a'): Retirement => ({
    service,
    method: null,
    path: `/${state}`,
    state,
    deprecated: '2026-01-01',
    sunset,
    link: null,
    days_left: null,
    calls: 0,
    recent_calls: 0,
    late_calls: 0,
    callers: [],
    last: null,
    endpoints: [],
  });
  const all = [mark('gone', '2026-01-01'), mark('called', null), mark('odd', null), mark('called', '2027-01-01', 'b'), mark('overdue', '2026-02-02'), mark('waiting', null), mark('ready', '2026-12-01')];
  it('stand with what can go first, and within a state with the nearest end', () => {
    expect(marks_of(all, undefined, undefined).map(({ state, sunset }) => `${state} ${sunset}`)).toEqual([
      'ready 2026-12-01',
      'overdue 2026-02-02',
      'called 2027-01-01',
      'called null',
      'waiting null',
      'gone 2026-01-01',
      'odd null',
    ]);
  });
  it('are narrowed to a state and a service', () => {
    expect(marks_of(all, 'called', undefined)).toHaveLength(2);
    expect(marks_of(all, 'called', 'b')).toHaveLength(1);
    expect(marks_of(all, '__proto__', undefined)).toEqual([]);
  });
});

describe('a digest', () => {
  const change = (at: string, what: string, service: string): Change => ({
    at: Date.parse(at) * 1000,
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
  const all = [
    change('2026-11-22T23:30:00Z', 'endpoint', 'shop'),
    change('2026-11-22T10:00:00Z', 'status', 'orders'),
    change('2026-11-22T09:00:00Z', 'endpoint', 'shop'),
    change('2026-11-21T09:00:00Z', 'silent', 'shop'),
    change('2026-11-21T08:00:00Z', 'constructor', '__proto__'),
  ];
  it('counts each change once, under its day and service', () => {
    expect(digest(all, true).map(({ day, service, counts }) => [day, service, counts.endpoint, counts.status, counts.silent])).toEqual([
      ['2026-11-22', 'orders', 0, 1, 0],
      ['2026-11-22', 'shop', 2, 0, 0],
      ['2026-11-21', '__proto__', 0, 0, 0],
      ['2026-11-21', 'shop', 0, 0, 1],
    ]);
  });
  it('has the days of the feed', () => {
    for (const utc of [true, false]) {
      const days = [...new Set(digest(all, utc).map(({ day }) => day))];
      expect(days).toEqual(by_day(all, utc).map(({ day }) => day));
      expect(days.reduce((sum, day) => sum + of_day(all, day, utc).length, 0)).toBe(all.length);
    }
    expect(of_day(all, undefined, true)).toBe(all);
  });
});
