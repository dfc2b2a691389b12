import type {Authorize} from '../../../src/proxy/proxy.js';

// The `authorize` hooks of the README for better-auth and Auth.js. Here each gets as an argument what it imports there.

/** The part of a better-auth server that the hook uses: https://better-auth.com/docs/concepts/api */
export interface BetterAuth {
  api: {
    getSession(asked: {headers: Headers; query?: {disableRefresh?: boolean}}): Promise<{
      user: {id: string; name: string; role?: string | null};
    } | null>;
  };
}

export function betterAuthRecipe(auth: BetterAuth): Authorize {
  return async ({headers}) => {
    // No refresh, because its new cookie would not reach the browser.
    const session = await auth.api.getSession({headers, query: {disableRefresh: true}});
    if (!session) return null;
    const {id, name, role} = session.user; // `role`: your own field, which users cannot set themselves (input: false)
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
    // Only the cookie: getToken would take a session from `Authorization`, too, where grants are.
    const req = {headers: {cookie: headers.get('cookie') ?? ''}};
    const token = await getToken({req, secret, secureCookie: true});
    if (!token?.sub) return null;
    return {
      user_ref: token.sub,
      name: token.name || undefined,
      roles: token.host === true ? ['moderator', 'participant'] : ['participant'], // `host`: set by your jwt callback
      rooms: '*',
    };
  };
}
