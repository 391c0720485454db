/** Svelte as it is, with runes everywhere. */
export default { compilerOptions: { runes: true } };
