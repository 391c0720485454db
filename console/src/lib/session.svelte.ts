/** Who is logged in, and what that role may do. */
import { includes } from './roles';
import type { Me, Role } from './types';

class Session {
  me: Me | null = $state(null);
  /** Whether the server was asked already. */
  is_known = $state(false);

  may(role: Role): boolean {
    return this.me !== null && includes(this.me.role, role);
  }

  begin(me: Me): void {
    this.me = me;
    this.is_known = true;
  }

  end(): void {
    this.me = null;
    this.is_known = true;
  }
}

export const session = new Session();
