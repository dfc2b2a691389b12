import {environmentFetch} from '../undici.js';
import {bad, good, PATIENCE, type Check} from './check.js';
import {connectionFault, cureOf} from './connection.js';

/** Whether the issuer of the JWTs publishes its keys. */
export const checkIssuer: Check = async ({env: {JWT_JWKS}}) => {
  const address = JWT_JWKS?.trim();
  if (!address) return [];
  const line = 'JWT_JWKS=https://login.example/.well-known/jwks.json';
  try {
    const answer = await environmentFetch()(address, {redirect: 'manual', signal: AbortSignal.timeout(PATIENCE)});
    const {keys} = ((await answer.json().catch(() => undefined)) ?? {}) as {keys?: unknown};
    if (Array.isArray(keys) && keys.length > 0) return [good('JWT_JWKS', `It has ${keys.length} keys.`)];
    return [bad('JWT_JWKS', `The answer is not a list of keys (status ${answer.status}).`, line)];
  } catch (error) {
    const fault = await connectionFault(address, error);
    const sentence = `${fault.sentence} Nobody who has signed in can be let in.`;
    return [bad('JWT_JWKS', sentence, cureOf(fault, 'JWT_JWKS=', line))];
  }
};
