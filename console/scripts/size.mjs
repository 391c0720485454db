/**
 * What a browser loads first, compressed, held against the budget. Everything that `index.html` names counts,
 * and everything those scripts import at once.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const first_load_bytes_max = 150 * 1024;
const lazy_bytes_max = 110 * 1024;
const dist = process.argv[2] ?? 'dist';

const page = readFileSync(join(dist, 'index.html'), 'utf8');
const files = readdirSync(dist, { recursive: true })
  .map(String)
  .filter((name) => statSync(join(dist, name)).isFile())
  .sort();
const first = new Set(['index.html', ...files.filter((name) => page.includes(`/${name}`))]);

let total = 0;
let failed = false;
for (const name of files) {
  const bytes = gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;
  const is_first = first.has(name);
  if (is_first) total += bytes;
  else if (bytes > lazy_bytes_max) failed = true;
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KiB gzip  ${is_first ? 'first' : 'later'}  ${name}`);
}
console.log(`${(total / 1024).toFixed(1).padStart(7)} KiB gzip  first load in all, of ${first_load_bytes_max / 1024} KiB`);
if (total > first_load_bytes_max) failed = true;
if (failed) {
  console.error('too large');
  process.exit(1);
}
