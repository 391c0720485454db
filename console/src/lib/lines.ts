/** A byte stream as lines, whatever pieces it arrives in. The last line may lack its line feed. */
export async function* lines_of(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const pieces = rest.split(/\r\n|\n/);
      rest = pieces.pop() ?? '';
      yield* pieces;
      if (done) break;
    }
    if (rest) yield rest;
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
