import type {Health, TokenProxy} from '../proxy.js';

/** How often the proxy asks what it needs whether it answers, in ms. */
const BEAT = 5_000;

export interface HealthPageOptions {
  /** Whether the server was told to stop. */
  isDraining: () => boolean;
  /** Pause between two checks, in ms. @default 5_000 */
  beat?: number;
}

/**
 * Answers `/healthz` with what the last check found, without waiting for the platform or the store, and `/livez`. A
 * balancer must not take away every node because the store is away, so `degraded` is 200.
 */
export function healthPage({health}: Pick<TokenProxy, 'health'>, {isDraining, beat = BEAT}: HealthPageOptions) {
  let last: Promise<Health> = health();
  let checking = false;
  const timer = setInterval(() => void check(), beat).unref();

  async function check() {
    if (checking) return;
    checking = true;
    const found = await health();
    last = Promise.resolve(found);
    checking = false;
  }

  async function readiness(): Promise<Response> {
    if (isDraining()) return page(503, {status: 'stopping'});
    const {status, missing} = await last;
    return page(status === 'down' ? 503 : 200, missing.length > 0 ? {status, missing} : {status});
  }

  return {
    /** The answer to a health check; undefined for any other request. */
    answer({method, url}: Request): Response | Promise<Response> | undefined {
      if (!/^(GET|HEAD)$/.test(method)) return undefined;
      const {pathname} = new URL(url);
      if (pathname === '/livez') return page(200, {status: 'ok'});
      return pathname === '/healthz' ? readiness() : undefined;
    },
    stop: () => clearInterval(timer),
  };
}

const page = (status: number, body: object) => Response.json(body, {status, headers: {'cache-control': 'no-store'}});
