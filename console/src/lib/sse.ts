/** Server-sent events, as the HTML standard frames them, from lines. */
export interface ServerEvent {
  type: string;
  data: string;
  id: string | null;
}

export async function* events_of(lines: AsyncIterable<string>): AsyncGenerator<ServerEvent> {
  let type = '';
  let data: string[] = [];
  let id: string | null = null;
  for await (const line of lines) {
    if (line === '') {
      if (data.length > 0) yield { type: type || 'message', data: data.join('\n'), id };
      type = '';
      data = [];
      id = null;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon === 0) continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') type = value;
    else if (name === 'data') data.push(value);
    else if (name === 'id' && !value.includes('\0')) id = value;
  }
}
