/** Who may do what. Each role includes the ones before it; an unknown role is the lowest. */
import type { Role } from './types';

export const roles: Role[] = ['viewer', 'analyst', 'operator', 'admin'];

export function includes(has: string, needs: Role): boolean {
  return Math.max(0, roles.indexOf(has as Role)) >= roles.indexOf(needs);
}
