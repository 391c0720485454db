/**
 * Proofs against vectors that were computed apart from this code, from the recursive definitions of RFC 6962 section
 * 2.1, over its well-known eight leaves.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { check_signature, from_base64, from_hex, leaf_hash, parse_checkpoint, root_from_path, to_hex, verify_proof } from '../../src/lib/merkle';
import vectors from './merkle_vectors.json';

const bytes = (hex: string) => from_hex(hex) ?? new Uint8Array();
const base64 = (data: Uint8Array) => Buffer.from(data).toString('base64');

/** A proof as the API gives it, with a good signature. */
function proof_of(index: number, size: number) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const origin = 'bartizan/test';
  const key = Buffer.concat([Buffer.of(1), publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)]);
  const hash = createHash('sha256').update(`${origin}\n`).update(key).digest().subarray(0, 4);
  const root = vectors.roots[String(size) as keyof typeof vectors.roots];
  const signed = `${origin}\n${size}\n${base64(bytes(root))}\n`;
  const signature = Buffer.concat([hash, sign(null, Buffer.from(signed), privateKey)]);
  const entry = bytes(vectors.leaves[index] ?? '');
  return {
    index,
    entry: base64(entry),
    leaf_hash: createHash('sha256').update(Buffer.of(0)).update(entry).digest('hex'),
    proof: vectors.paths.find((one) => one.index === index && one.size === size)?.path ?? [],
    checkpoint: `${signed}\n\u2014 ${origin} ${base64(signature)}\n`,
    vkey: `${origin}+${hash.toString('hex')}+${base64(key)}`,
  };
}

describe('inclusion', () => {
  for (const { index, size, path } of vectors.paths) {
    it(`entry ${index} of ${size} leads to the root, and to no other place`, async () => {
      const leaf = await leaf_hash(bytes(vectors.leaves[index] ?? ''));
      const hashes = path.map(bytes);
      const root = vectors.roots[String(size) as keyof typeof vectors.roots];
      expect(to_hex((await root_from_path(leaf, index, size, hashes)) ?? new Uint8Array())).toBe(root);
      for (const other of [index - 1, index + 1]) {
        const found = await root_from_path(leaf, other, size, hashes);
        expect(found && to_hex(found)).not.toBe(root);
      }
      expect(await root_from_path(leaf, index, size, [...hashes, leaf])).toBeNull();
      if (hashes.length > 0) expect(await root_from_path(leaf, index, size, hashes.slice(1))).toBeNull();
    });
  }

  it('refuses indices and sizes that are none', async () => {
    const leaf = await leaf_hash(new Uint8Array());
    for (const [index, size] of [[0, 0], [-1, 4], [4, 4], [0.5, 4], [NaN, 4], [0, Infinity]] as const) {
      expect(await root_from_path(leaf, index, size, [])).toBeNull();
    }
  });

  it('holds beyond 32 bits of entries', async () => {
    const leaf = await leaf_hash(new Uint8Array());
    const path = Array.from({ length: 40 }, () => leaf);
    expect(await root_from_path(leaf, 2 ** 40 - 1, 2 ** 40, path)).not.toBeNull();
    expect(await root_from_path(leaf, 2 ** 40 - 1, 2 ** 40, path.slice(1))).toBeNull();
  });
});

describe('a whole proof', () => {
  it('holds with its signature', async () => {
    const result = await verify_proof(proof_of(3, 7));
    expect(result).toMatchObject({ fault: null, signature: 'good', size: 7 });
  });

  const changes: [string, (proof: ReturnType<typeof proof_of>) => void, string][] = [
    ['another entry', (proof) => (proof.entry = base64(Buffer.from('x'))), 'leaf'],
    ['an entry that is no Base64', (proof) => (proof.entry = '<script>'), 'entry'],
    ['another leaf hash', (proof) => (proof.leaf_hash = '00'.repeat(32)), 'leaf'],
    ['a changed path', (proof) => (proof.proof = ['00'.repeat(32), ...proof.proof.slice(1)]), 'root'],
    ['a path that is no hash', (proof) => (proof.proof = ['zz', ...proof.proof.slice(1)]), 'path'],
    ['a path that is too short', (proof) => (proof.proof = proof.proof.slice(1)), 'path'],
    ['another index', (proof) => (proof.index = 2), 'root'],
    ['another size', (proof) => (proof.checkpoint = proof.checkpoint.replace('\n7\n', '\n8\n')), 'signature'],
    ['another root', (proof) => (proof.checkpoint = proof.checkpoint.replace(/\n7\n.*\n/, `\n7\n${base64(new Uint8Array(32))}\n`)), 'root'],
    ['no checkpoint', (proof) => (proof.checkpoint = 'hello'), 'checkpoint'],
    ['no signature', (proof) => (proof.checkpoint = `${proof.checkpoint.split('\n\n')[0]}\n`), 'signature'],
    ['a key of another ledger', (proof) => (proof.vkey = proof.vkey.replace('bartizan/test', 'bartizan/other')), 'origin'],
    ['a key of another kind', (proof) => (proof.vkey = 'bartizan/test+00000000+AA=='), 'signature'],
    ['a key that did not sign', (proof) => (proof.vkey = proof_of(0, 1).vkey), 'signature'],
  ];
  for (const [name, change, fault] of changes) {
    it(`fails with ${name}`, async () => {
      const proof = proof_of(3, 7);
      change(proof);
      expect((await verify_proof(proof)).fault).toBe(fault);
    });
  }

  it('fails where what was signed was changed and the path fits it', async () => {
    const proof = proof_of(3, 7);
    const forged = proof_of(3, 8);
    proof.proof = forged.proof;
    proof.checkpoint = forged.checkpoint;
    expect((await verify_proof(proof)).fault).toBe('signature');
  });
});

describe('checkpoints', () => {
  it('are read with every signature', async () => {
    const proof = proof_of(0, 4);
    const checkpoint = parse_checkpoint(`${proof.checkpoint}\u2014 witness ${base64(new Uint8Array(68))}\n`);
    expect(checkpoint?.signatures.map(({ name }) => name)).toEqual(['bartizan/test', 'witness']);
    expect(checkpoint && (await check_signature(checkpoint, proof.vkey))).toBe('good');
  });

  for (const note of ['', 'a\nb\nc\n', 'a\n01\nAAAA\n', 'a\n-1\nAAAA\n', 'a\n1\nAAAA\n', `a\n1e3\n${'A'.repeat(43)}=\n`]) {
    it(`are not ${JSON.stringify(note)}`, () => expect(parse_checkpoint(note)).toBeNull());
  }

  it('are not confused by what is no Base64 or no hexadecimal', () => {
    expect(from_base64('%%%')).toBeNull();
    expect(from_hex('abc')).toBeNull();
    expect(from_hex('zz')).toBeNull();
  });
});
