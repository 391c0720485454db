/** The phases of an exchange as bars of one waterfall: who was busy from when to when. */
import type { ExchangeDetail } from './types';

export interface Bar {
  name: 'judge' | 'forward' | 'wait' | 'relay' | 'reply';
  from_us: number;
  to_us: number;
}

export function bars_of(phases: ExchangeDetail['phases']): Bar[] {
  const { judged_us, forwarded_us, answered_us, finished_us } = phases;
  const bars: Bar[] = [{ name: 'judge', from_us: 0, to_us: judged_us }];
  let at = judged_us;
  if (forwarded_us) {
    bars.push({ name: 'forward', from_us: at, to_us: forwarded_us });
    at = forwarded_us;
  }
  if (forwarded_us && answered_us) {
    bars.push({ name: 'wait', from_us: at, to_us: answered_us });
    at = answered_us;
  }
  bars.push({ name: forwarded_us ? 'relay' : 'reply', from_us: at, to_us: finished_us });
  return bars.map((bar) => ({ ...bar, to_us: Math.max(bar.from_us, bar.to_us) }));
}
