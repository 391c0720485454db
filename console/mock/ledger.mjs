/** A real Merkle tree over generated entries, with a real signature: what the console verifies, it can verify. */
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { generator } from './random.mjs';
import { micros } from './shop.mjs';

const origin = 'bartizan/shop';
const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const leaf = (entry) => sha256(Buffer.from([0]), entry);
const node = (left, right) => sha256(Buffer.from([1]), left, right);

/** The largest power of two below `size`. */
function split_of(size) {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

function root_of(leaves) {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0];
  const half = split_of(leaves.length);
  return node(root_of(leaves.slice(0, half)), root_of(leaves.slice(half)));
}

function path_of(index, leaves) {
  if (leaves.length <= 1) return [];
  const half = split_of(leaves.length);
  return index < half
    ? [...path_of(index, leaves.slice(0, half)), root_of(leaves.slice(half))]
    : [...path_of(index - half, leaves.slice(half)), root_of(leaves.slice(0, half))];
}

const kinds = [
  ['decision', 'GET /products refused by content.sqli', 'system'],
  ['login', 'browser login of console', 'console'],
  ['config', 'revision 3 loaded from bartizan.yaml', 'file'],
  ['exception', 'exception from content.sqli for POST /reviews/{int}', 'console'],
  ['bypass', 'bypass for 30 minutes: orders fail', 'console'],
  ['reveal', 'sample revealed: customer complaint 4711', 'console'],
  ['gap', '12 observations lost', 'system'],
  ['alert', 'alert content.sql_injection sent to soc', 'system'],
];

export function ledger(seed, size, now_ms) {
  const random = generator(seed);
  const secret = Buffer.from(random.hex(64), 'hex');
  const private_key = createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret]),
    format: 'der',
    type: 'pkcs8',
  });
  const public_bytes = createPublicKey(private_key).export({ format: 'der', type: 'spki' }).subarray(-32);
  const typed_key = Buffer.concat([Buffer.from([1]), public_bytes]);
  const key_hash = sha256(Buffer.from(`${origin}\n`), typed_key).subarray(0, 4);
  const vkey = `${origin}+${key_hash.toString('hex')}+${typed_key.toString('base64')}`;

  const entries = Array.from({ length: size }, (_, index) => {
    const [kind, summary, by] = index === 0 ? ['started', 'bartizan 0.1.0 started', 'system'] : random.pick(kinds);
    const at = micros(now_ms - (size - index) * 420_000);
    const detail = { revision: 3, ...(kind === 'decision' ? { code: 'content.sql_injection', status: 403 } : {}) };
    const bytes = Buffer.from(JSON.stringify({ index, at, kind, by, summary, detail }));
    return { index, at, kind, by, summary, detail, bytes, leaf: leaf(bytes) };
  });
  const leaves = entries.map((entry) => entry.leaf);

  function checkpoint(of_size) {
    const text = `${origin}\n${of_size}\n${root_of(leaves.slice(0, of_size)).toString('base64')}\n`;
    const signature = Buffer.concat([key_hash, sign(null, Buffer.from(text), private_key)]);
    return `${text}\n\u2014 ${origin} ${signature.toString('base64')}\n`;
  }

  return {
    state: () => ({
      origin,
      size,
      root: root_of(leaves).toString('base64'),
      key: vkey,
      checkpoint: { text: checkpoint(size), at: micros(now_ms - 120_000) },
      anchored: { size: Math.max(0, size - 10), at: micros(now_ms - 3_600_000), where: ['log', 'file'] },
      unanchored: Math.min(10, size),
    }),
    page(limit, before) {
      const to = Math.min(size, before ?? size);
      const from = Math.max(0, to - limit);
      const list = entries.slice(from, to).reverse();
      return {
        entries: list.map(({ bytes: _bytes, leaf: hash, ...entry }) => ({ ...entry, leaf: hash.toString('hex') })),
        next: from > 0 ? from : null,
      };
    },
    /** `is_bad` changes one byte of the path, as somebody would who rewrote an entry. */
    proof(index, is_bad) {
      const entry = entries[index];
      if (!entry) return null;
      const path = path_of(index, leaves).map((hash) => Buffer.from(hash));
      if (is_bad && path[0]) path[0][7] ^= 1;
      return {
        index,
        entry: entry.bytes.toString('base64'),
        leaf_hash: entry.leaf.toString('hex'),
        proof: path.map((hash) => hash.toString('hex')),
        checkpoint: checkpoint(size),
        vkey,
      };
    },
    root: () => root_of(leaves).toString('base64'),
  };
}
