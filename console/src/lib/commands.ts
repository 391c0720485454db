/** The commands of the palette, and which of them fit what was typed. */
import { text } from '../text';
import { keys, places } from './keys.svelte';
import { copy_link } from './link';
import { is_object } from './objects';
import { preferences } from './preferences.svelte';
import { router } from './router.svelte';
import { session } from './session.svelte';
import { visible } from './visible';
import { status } from './status.svelte';

export interface Command {
  title: string;
  keys?: string;
  run: () => void;
}

const id_form = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

function standing(): Command[] {
  const { palette, screens, effects, settings } = text;
  const list: Command[] = Object.entries(places).map(([letter, place]) => ({
    title: palette.go(screens[place as keyof typeof screens]),
    keys: `g ${letter}`,
    run: () => router.go([place]),
  }));
  for (const outcome of ['refused', 'upstream_failed'] as const) {
    list.push({ title: palette.filter(effects[outcome]), run: () => router.go(['exchanges'], { outcome }) });
  }
  list.push({
    title: palette.filter(effects.would_refuse),
    run: () => router.go(['exchanges'], { effect: 'would_refuse' }),
  });
  for (const { code } of status.overview?.top.codes ?? []) {
    list.push({ title: palette.filter(visible(code)), run: () => router.go(['exchanges'], { code }) });
  }
  for (const tab of ['exceptions', 'bypass', 'alerts', 'tokens'] as const) {
    if (tab === 'alerts' && status.overview?.alerts === null) continue;
    list.push({ title: palette.settings(settings.tabs[tab]), run: () => router.go(['settings', tab]) });
  }
  list.push(
    { title: palette.theme, run: () => preferences.next_theme() },
    { title: palette.zone, run: () => preferences.set('utc', !preferences.utc) },
    { title: palette.letters, run: () => preferences.set('letters', !preferences.letters) },
    { title: palette.link, keys: 'y', run: () => void copy_link() },
    { title: palette.help, keys: '?', run: () => (keys.is_help_open = true) },
  );
  return list;
}

/** Commands in which every typed word occurs; an id opens its exchange, anything else may be searched for. */
export function commands_for(typed: string): Command[] {
  const asked = typed.trim();
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = standing().filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)));
  const unique = [...new Map(fitting.map((command) => [command.title, command])).values()];
  if (id_form.test(asked)) {
    return [{ title: text.palette.open(asked), run: () => router.go(['exchange', asked.toLowerCase()]) }, ...unique];
  }
  if (is_object(asked.toLowerCase())) {
    unique.unshift({ title: text.palette.object(asked), run: () => router.go(['objects', asked.toLowerCase()]) });
  }
  if (asked && session.me) {
    unique.push({ title: text.palette.search(visible(asked)), run: () => router.go(['exchanges'], { q: asked }) });
  }
  return unique;
}
