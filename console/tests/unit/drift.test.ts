/** Differences by kind and operation, what was not seen, and the command that gives a description. */
import { describe, expect, it } from 'vitest';
import { by_operation, drift_kinds, fitting, import_command, kind_of, numbers_of, unseen_of } from '../../src/lib/drift';
import type { Difference } from '../../src/lib/types';
import { text } from '../../src/text';

const difference = (what: string, change: Partial<Difference> = {}): Difference => ({
  method: 'GET',
  path: '/orders',
  ids: [],
  what,
  side: null,
  place: null,
  seen: 0,
  of: 0,
  last: 0,
  says: '',
  ...change,
});

/** As the control API names them. */
const whats = ['undeclared_path', 'undeclared_method', 'deprecated', 'superseded', 'never_called', 'undeclared_status', 'undeclared_field', 'changed_type', 'missing'];

describe('kinds', () => {
  it('are shadow, zombie, orphan, and those of fields by themselves', () => {
    expect(whats.map((what) => kind_of(difference(what)))).toEqual([
      'shadow', 'shadow', 'zombie', 'zombie', 'orphan', 'undeclared_status', 'undeclared_field', 'changed_type', 'missing',
    ]);
    for (const what of ['', 'shadow', 'constructor', '__proto__']) expect(kind_of(difference(what))).toBeUndefined();
  });
  it('are counted in their order, where they are met', () => {
    expect(numbers_of(['missing', 'superseded', 'undeclared_path', 'deprecated', 'other'].map((what) => difference(what)))).toEqual([['shadow', 1], ['zombie', 2], ['missing', 1]]);
    expect(numbers_of([])).toEqual([]);
  });
  it('each have a word', () => expect(Object.keys(text.drift.kinds)).toEqual([...drift_kinds]));
});

describe('differences', () => {
  const all = [
    difference('undeclared_path', { path: '/graphql', method: 'POST', says: 'the path is not declared' }),
    difference('missing', { place: 'body $.Currency' }),
    difference('never_called', { path: '/carts' }),
  ];
  it('are narrowed by kind, by a text in what they show, by both, and by nothing', () => {
    const found = (kind?: string, search?: string) => fitting(all, kind, search).map(({ what }) => what);
    expect(found()).toHaveLength(3);
    expect(found('orphan')).toEqual(['never_called']);
    expect(found('never_called')).toEqual([]);
    expect(found(undefined, 'post /GRAPH')).toEqual(['undeclared_path']);
    expect(found(undefined, 'currency')).toEqual(['missing']);
    expect(found(undefined, 'not declared')).toEqual(['undeclared_path']);
    expect(found('orphan', 'currency')).toEqual([]);
  });
  it('stand by method and path, in the order that they have, and name an endpoint once', () => {
    const groups = by_operation([difference('missing', { ids: ['a', 'b'] }), difference('never_called', { method: 'PUT' }), difference('deprecated', { ids: ['a', 'b'] })]);
    expect(groups.map(({ method, path, ids, is_apart, differences }) => [method, path, ids.join(), is_apart, differences.length])).toEqual([
      ['GET', '/orders', 'a,b', false, 2],
      ['PUT', '/orders', '', false, 1],
    ]);
    expect(by_operation([])).toEqual([]);
  });
  it('of one path that are of an endpoint each stand apart', () => {
    const [apart] = by_operation([difference('undeclared_path', { ids: ['a'] }), difference('undeclared_path', { ids: ['b'] })]);
    const [together] = by_operation([difference('deprecated', { ids: ['a'] }), difference('missing', { ids: ['a'] })]);
    expect([apart?.is_apart, together?.is_apart]).toEqual([true, false]);
  });
});

describe('what was not seen', () => {
  it('is told where it is anything', () => expect(unseen_of({ candidates: 0, merged: 2, later: 1 })).toEqual([['merged', 2], ['later', 1]]));
  it('is a sentence, of one and of several', () => {
    for (const says of Object.values(text.drift.unseen)) {
      expect(says(1)).toMatch(/^1 \w[^0-9]*\.$/);
      expect(says(1200)).toMatch(/^1,200 \w[^0-9]*\.$/);
    }
  });
});

describe('the command', () => {
  const rows: [string, string][] = [
    ['shop', 'shop'],
    ['api.shop.example:8443', 'api.shop.example:8443'],
    ['[::1]:80', "'[::1]:80'"],
    ['the shop $(id)', "'the shop $(id)'"],
    ["it's", 'NAME'],
    ['-x', 'NAME'],
    ['a\nb', 'NAME'],
    ['a\u202eb', 'NAME'],
    ['a!b', 'NAME'],
    ['', 'NAME'],
    ['w'.repeat(201), 'NAME'],
  ];
  for (const [name, said] of rows) it(JSON.stringify(name.slice(0, 20)), () => expect(import_command(name)).toBe(`bartizan import openapi FILE --service ${said}`));
});
