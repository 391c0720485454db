/**
 * Result tables as files: CSV, JSON, NDJSON. In CSV a cell that a spreadsheet would run as a formula gets an
 * apostrophe in front (OWASP, CSV injection); numbers stay numbers.
 */
import type { HuntColumn } from './types';
import { as_text } from './visible';

const formula = /^[\s\u0000]*[=+\-@\t\r]/;
const plain_number = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

export function csv_cell(value: unknown): string {
  const raw = as_text(value);
  const text = formula.test(raw) && !plain_number.test(raw) ? `'${raw}` : raw;
  return /["\r\n,;]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180: a head line, CRLF, quotes where they are needed. */
export function to_csv(columns: HuntColumn[], rows: unknown[][]): string {
  const line = (cells: unknown[]) => cells.map(csv_cell).join(',');
  return [line(columns.map((column) => column.name)), ...rows.map(line)].join('\r\n') + '\r\n';
}

/** Names may repeat in SQL; the second `n` becomes `n_2`. */
export function field_names(columns: HuntColumn[]): string[] {
  const seen = new Map<string, number>();
  return columns.map(({ name }) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name}_${times}`;
  });
}

function record(names: string[], row: unknown[]): string {
  const fields = names.map((name, at) => `${JSON.stringify(name)}:${JSON.stringify(row[at] ?? null)}`);
  return `{${fields.join(',')}}`;
}

export function to_ndjson(columns: HuntColumn[], rows: unknown[][]): string {
  const names = field_names(columns);
  return rows.map((row) => `${record(names, row)}\n`).join('');
}

export function to_json(columns: HuntColumn[], rows: unknown[][]): string {
  const names = field_names(columns);
  return `[\n${rows.map((row) => `  ${record(names, row)}`).join(',\n')}\n]\n`;
}
