/** The order of cells in a result: numbers by size, texts by their code points, nothing last. */
export function compare_cells(a: unknown, b: unknown): number {
  const a_missing = a === null || a === undefined;
  const b_missing = b === null || b === undefined;
  if (a_missing || b_missing) return Number(a_missing) - Number(b_missing);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const left = String(a);
  const right = String(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A sorted copy; what has no value stays last in both directions. */
export function sorted(rows: unknown[][], column: number, down: boolean): unknown[][] {
  return [...rows].sort((a, b) => {
    const x = a[column];
    const y = b[column];
    const missing = x === null || x === undefined || y === null || y === undefined;
    const order = compare_cells(x, y);
    return down && !missing ? -order : order;
  });
}
