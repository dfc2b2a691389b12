import type {Authorize} from '../../../src/proxy/proxy.js';

// The recipes of the README, for sign-ins that know who somebody is already. Each is an `authorize` hook; what is given
// to it here is imported there.

/** As much of a better-auth server as the recipe uses: https://better-auth.com/docs/concepts/api */
export interface BetterAuth {
  api: {
    getSession(asked: {headers: Headers; query?: {disableRefresh?: boolean}}): Promise<{
      user: {id: string; name: string; role?: string | null};
    } | null>;
  };
}

export function betterAuthRecipe(auth: BetterAuth): Authorize {
  return async ({headers}) => {
    // Without a refresh: its new cookie would go nowhere.
    const session = await auth.api.getSession({headers, query: {disableRefresh: true}});
    if (!session) return null;
    const {id, name, role} = session.user; // `role`: a field of yours that nobody can set for themselves (input: false)
    return {
      user_ref: id,
      name: name || undefined,
      roles: role === 'host' ? ['moderator', 'participant'] : ['participant'],
      rooms: '*',
    };
  };
}

/** `getToken` of @auth/core/jwt: https://authjs.dev/reference/core/jwt */
export type GetToken = (asked: {
  req: {headers: Record<string, string>};
  secret: string;
  secureCookie: boolean;
}) => Promise<{sub?: string; name?: string | null; host?: unknown} | null>;

export function authjsRecipe(getToken: GetToken, secret: string): Authorize {
  return async ({headers}) => {
    // The cookie alone: getToken would take a session from `Authorization`, too, and that is where a grant is.
    const req = {headers: {cookie: headers.get('cookie') ?? ''}};
    const token = await getToken({req, secret, secureCookie: true});
    if (!token?.sub) return null;
    return {
      user_ref: token.sub,
      name: token.name || undefined,
      roles: token.host === true ? ['moderator', 'participant'] : ['participant'], // `host`: put there by your jwt callback
      rooms: '*',
    };
  };
}
