/** The time of day for texts such as `3 m ago`; it moves every ten seconds. */
class Clock {
  now_ms = $state(Date.now());

  constructor() {
    setInterval(() => (this.now_ms = Date.now()), 10_000);
  }
}

export const clock = new Clock();
