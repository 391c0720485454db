/** Every colour that carries text reaches 4.5:1 on every ground of its theme, and controls 3:1. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../src/style/tokens.css', import.meta.url), 'utf8');
const blocks = [...css.matchAll(/\{([^{}]*--bg:[^{}]*)\}/g)].map(([, body]) =>
  Object.fromEntries([...(body ?? '').matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value])),
) as Record<string, string>[];

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const inks = ['text', 'muted', 'accent', 'critical', 'high', 'medium', 'low', 'ok'];
const grounds = ['bg', 'surface', 'raised', 'tint'];

it('the two dark blocks are the same', () => {
  expect(blocks).toHaveLength(3);
  expect(blocks[1]).toEqual(blocks[2]);
});

for (const [name, tokens] of [['light', blocks[0]], ['dark', blocks[1]]] as const) {
  describe(name, () => {
    for (const ink of inks) {
      for (const ground of grounds) {
        it(`${ink} on ${ground}`, () => expect(contrast(tokens?.[ink] ?? '', tokens?.[ground] ?? '')).toBeGreaterThanOrEqual(4.5));
      }
    }
    it('text on its banners', () => {
      for (const ground of ['critical-tint', 'medium-tint']) expect(contrast(tokens?.text ?? '', tokens?.[ground] ?? '')).toBeGreaterThanOrEqual(7);
    });
    it('the primary button', () => expect(contrast(tokens?.accent ?? '', tokens?.['on-accent'] ?? '')).toBeGreaterThanOrEqual(4.5));
    it('borders of controls', () => {
      for (const ground of ['bg', 'surface', 'raised']) expect(contrast(tokens?.control ?? '', tokens?.[ground] ?? '')).toBeGreaterThanOrEqual(3);
    });
  });
}
