/** The endpoint that was looked at last, so that the inventory begins there when somebody comes back to it. */
export const visited: { endpoint: string | null } = { endpoint: null };
