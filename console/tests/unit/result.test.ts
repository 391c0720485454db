/** Results: exported, sorted, and read from a stream. */
import { describe, expect, it } from 'vitest';
import { csv_cell, to_csv, to_json, to_ndjson } from '../../src/lib/csv';
import { lines_of } from '../../src/lib/lines';
import { sorted } from '../../src/lib/sort';
import { events_of } from '../../src/lib/sse';

const columns = [
  { name: 'code', type: 'text' },
  { name: 'n', type: 'integer' },
  { name: 'n', type: 'integer' },
];

describe('CSV', () => {
  const rows: [unknown, string][] = [
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\nb', '"a\nb"'],
    [null, ''],
    [undefined, ''],
    [-12.5, '-12.5'],
    ['-12.5', '-12.5'],
    ['+1e3', '+1e3'],
    ["=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['+1+1', "'+1+1"],
    ['-1+1', "'-1+1"],
    ['\t=1', "'\t=1"],
    [' =1', "' =1"],
    ['\u0000=1', "'\u0000=1"],
    [true, 'true'],
    [{ a: 1 }, '"{""a"":1}"'],
  ];
  for (const [value, cell] of rows) it(JSON.stringify(value) ?? 'undefined', () => expect(csv_cell(value)).toBe(cell));
  it('has a head line and CRLF', () => expect(to_csv(columns, [['a', 1, 2]])).toBe('code,n,n\r\na,1,2\r\n'));
});

describe('JSON', () => {
  it('keeps columns of one name apart', () => expect(JSON.parse(to_json(columns, [['a', 1, 2]]))).toEqual([{ code: 'a', n: 1, n_2: 2 }]));
  it('has a line for each row', () => expect(to_ndjson(columns, [['a', 1], ['b', 2, 3]])).toBe('{"code":"a","n":1,"n_2":null}\n{"code":"b","n":2,"n_2":3}\n'));
  it('is an empty list without rows', () => expect(JSON.parse(to_json(columns, []))).toEqual([]));
  it('keeps a column that is named like a part of the language', () =>
    expect(to_ndjson([{ name: '__proto__', type: 'text' }], [['x']])).toBe('{"__proto__":"x"}\n'));
});

describe('order', () => {
  const rows = [[10], [9], [null], [100]];
  it('is by size for numbers', () => expect(sorted(rows, 0, false)).toEqual([[9], [10], [100], [null]]));
  it('has nothing last in both directions', () => expect(sorted(rows, 0, true)).toEqual([[100], [10], [9], [null]]));
  it('leaves what it was given', () => expect(rows[0]).toEqual([10]));
});

function stream_of(...pieces: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece);
      controller.close();
    },
  });
}

async function all<T>(of: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of of) list.push(item);
  return list;
}

describe('streams', () => {
  it('are lines, whatever the pieces', async () => {
    expect(await all(lines_of(stream_of('a\nb', 'c\r\n', '\nd')))).toEqual(['a', 'bc', '', 'd']);
  });
  it('keep characters that were cut between two pieces', async () => {
    const whole = new TextEncoder().encode('grüße\n');
    expect(await all(lines_of(stream_of(whole.slice(0, 3), whole.slice(3))))).toEqual(['grüße']);
  });
  it('carry events, with ids, over several data lines, past comments', async () => {
    const text = ': hello\n\nevent: exchange\nid: 7\ndata: {"a":\ndata: 1}\n\ndata:x\n\nevent: none\n\n: beat\n\n';
    expect(await all(events_of(lines_of(stream_of(text))))).toEqual([
      { type: 'exchange', data: '{"a":\n1}', id: '7' },
      { type: 'message', data: 'x', id: null },
    ]);
  });
});
