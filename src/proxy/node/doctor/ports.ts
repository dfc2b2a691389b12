import {once} from 'node:events';
import {createServer} from 'node:net';
import {errorName} from '../environment.js';
import {bad, good, PATIENCE, type Check, type Finding} from './check.js';

/** Whether the proxy could listen on its ports. */
export const checkPorts: Check = async ({settings: {host, port, metrics, proxy}, running}) => {
  if (running) return [];
  const main = await checkPort('PORT', host, port, 'HOST');
  // A doctor is also called while all goes well.
  if (main && (await isProxy(host, `${port}${proxy.mount ?? ''}`))) {
    return [good('PORT', `A token proxy runs on ${host}:${port} already.`)];
  }
  const second = metrics && (await checkPort('METRICS_PORT', metrics.host, metrics.port, 'METRICS_HOST'));
  return [main, second].filter(each => each !== undefined);
};

/** What is wrong with a port; undefined if it is free. */
async function checkPort(
  variable: string,
  host: string,
  port: number,
  hostVariable: string,
): Promise<Finding | undefined> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    const code = errorName(error);
    if (code === 'EADDRINUSE') {
      return bad(
        variable,
        `Another program listens on ${host}:${port}.`,
        `${variable}=${port < 65_535 ? port + 1 : 8787}`,
      );
    }
    if (code === 'EACCES') return bad(variable, `You may not listen on port ${port}.`, `${variable}=8787`);
    return bad(hostVariable, `This machine has no address ${host} (${code}).`, `${hostVariable}=127.0.0.1`);
  } finally {
    server.close();
  }
}

/** Only a token proxy lists rooms to people without credentials, or says the `code` of an error. */
async function isProxy(host: string, rest: string): Promise<boolean> {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  const headers = {'x-rooms-client': 'doctor'};
  try {
    const answer = await fetch(`http://${name}:${rest}/rooms`, {headers, signal: AbortSignal.timeout(PATIENCE)});
    const {code, rooms} = (await answer.json()) as {code?: unknown; rooms?: unknown};
    return typeof code === 'string' || Array.isArray(rooms);
  } catch {
    return false;
  }
}
