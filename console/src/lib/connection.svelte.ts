/** Whether the gateway's control API can be reached from this browser. */
class Connection {
  is_lost = $state(false);
  since_ms = $state(0);

  lost(): void {
    if (this.is_lost) return;
    this.is_lost = true;
    this.since_ms = Date.now();
  }

  found(): void {
    this.is_lost = false;
  }
}

export const connection = new Connection();
