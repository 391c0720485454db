/** Clauses: which are wanted, how they stand together, what may be decided. */
import { describe, expect, it } from 'vitest';
import { by_endpoint, choices, fits, is_of, risk_percent } from '../../src/lib/contracts';
import type { ContractClause } from '../../src/lib/types';

const clause = (change: Partial<ContractClause> = {}): ContractClause => ({
  id: '00000000000000a0',
  service: 'shop',
  method: 'POST',
  path: '/users',
  clause: 'shape.read_only',
  is_harm: true,
  says: 'No call sets role.',
  stage: 'proposed',
  force: 'observe',
  decided: null,
  proposed_otherwise: null,
  support: { calls: 412, subjects: 60, risk_thousandths: 50, would_have_refused: 0, refused: 0, broken_by_subjects: 0, fields_of_few: 0 },
  ...change,
});
const decided = (force: string) => clause({ force, decided: { force, by: null, at: 1, reason: 'a test' } });

describe('filters', () => {
  it('know what waits for somebody', () => {
    expect(fits(clause(), { held: 'proposed' })).toBe(true);
    expect(fits(decided('observe'), { held: 'proposed' })).toBe(false);
    expect(fits(clause({ stage: 'observe' }), { held: 'proposed' })).toBe(false);
  });
  it('know what refuses', () => {
    for (const force of ['canary', 'enforce']) expect(fits(decided(force), { held: 'in_force' })).toBe(true);
    for (const force of ['observe', 'off']) expect(fits(decided(force), { held: 'in_force' })).toBe(false);
  });
  it('tell harm from habit', () => {
    expect(fits(clause(), { kind: 'harm' })).toBe(true);
    expect(fits(clause(), { kind: 'habit' })).toBe(false);
  });
  it('search endpoints and sentences in any case', () => {
    for (const q of ['post /users', 'ROLE', 'read_only', 'a0']) expect(fits(clause(), { q })).toBe(true);
    expect(fits(clause(), { q: 'invoice' })).toBe(false);
    expect(fits(clause(), { service: 'orders' })).toBe(false);
  });
  it('shows all where the address holds nonsense', () => expect(fits(clause(), { held: '<b>', kind: 'x' })).toBe(true));
});

describe('clauses', () => {
  it('stand with their endpoint, in the order they came', () => {
    const groups = by_endpoint([clause(), clause({ path: '/orders' }), clause({ clause: 'shape.type' })]);
    expect(groups.map((it) => [it.path, it.clauses.length])).toEqual([['/users', 2], ['/orders', 1]]);
  });
  it('belong to an endpoint whatever its variables are called', () => {
    const endpoint = { service: 'shop', method: 'POST', template: '/users/{userId}', operation: '' };
    expect(is_of(clause({ path: '/users/{id}' }), endpoint)).toBe(true);
    expect(is_of(clause({ path: '/users/id' }), endpoint)).toBe(false);
    expect(is_of(clause({ path: '/users/{id}', service: 'orders' }), endpoint)).toBe(false);
  });
  it('say how many they would hurt', () => {
    expect(risk_percent(clause())).toBe('5');
    const support = { ...clause().support!, risk_thousandths: 3 };
    expect(risk_percent(clause({ support }))).toBe('0.3');
    expect(risk_percent(clause({ support: null }))).toBeNull();
  });
  it('are withdrawn only if somebody decided, and candidates are left alone', () => {
    expect(choices(clause())).toEqual(['canary', 'enforce', 'observe', 'off']);
    expect(choices(decided('canary'))).toContain('withdrawn');
    expect(choices(clause({ stage: 'candidate' }))).toEqual([]);
  });
});
