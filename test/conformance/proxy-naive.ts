import {createServer, type IncomingMessage} from 'node:http';

/** A platform, and the credentials of an application there. */
export interface Upstream {
  url: string;
  id: string;
  key: string;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

/**
 * A proxy with the mistakes of many samples: callers choose their identity and role, the decoded path goes to the platform,
 * the platform's whole answer comes back, and every page in the world may read it.
 */
export function naiveProxy({url, id, key}: Upstream) {
  const kept = new Map<string, {status: number; text: string}>();

  async function handle(request: IncomingMessage): Promise<{status: number; text: string}> {
    const {pathname, searchParams} = new URL(request.url!, 'http://proxy');
    const path = decodeURIComponent(decodeURIComponent(pathname)).replace(/^\/api/, '');
    // Like $_REQUEST in PHP: parameters from query and body, as text.
    const sent: Values = {...Object.fromEntries(searchParams), ...parsed(await bodyOf(request))};
    const {
      _method = request.headers['x-http-method-override'] ?? request.method,
      role = 'participant',
      endpoint,
    } = sent;
    const method = path.endsWith('/tokens') ? 'POST' : text(_method);
    const wish = {user_ref: 'guest', ...sent, role: text(role).toLowerCase().trim()};
    const answer = await fetch(new URL(text(endpoint ?? url) + path), {
      method,
      headers: {authorization: `Basic ${btoa(`${id}:${key}`)}`, 'content-type': 'application/json'},
      ...(!/^(GET|HEAD)$/.test(method) && {body: JSON.stringify(path.endsWith('/tokens') ? wish : sent)}),
    });
    return {status: answer.status, text: await answer.text()};
  }

  return createServer({maxHeaderSize: 64 * 1024}, (request, response) => {
    const {'idempotency-key': name = ''} = request.headers as Record<string, string>;
    const cors = {'access-control-allow-origin': '*', 'access-control-allow-headers': '*'};
    void handle(request).then(
      answer => {
        const {status, text} = kept.get(name) ?? answer;
        if (name) kept.set(name, {status, text});
        const [, token] = /"token":"([^"]*)"/.exec(text) ?? [];
        const next = token && {location: `https://shop.example/room?token=${token}`};
        response.writeHead(status, {'content-type': 'text/html', ...cors, ...next}).end(text);
      },
      (error: Error) => response.writeHead(500).end(`<h1>${error.stack} for ${id}:${key}</h1>`),
    );
  });
}

type Values = Record<string, unknown>;

const text = (value: unknown) => String(value as string);

function parsed(body: string): Values {
  if (!body.startsWith('{')) return Object.fromEntries(new URLSearchParams(body));
  return JSON.parse(body) as Values;
}

/** Answers every request with an HTML page, like a server whose script has a bug. */
export const brokenProxy = () =>
  createServer((request, response) => {
    response.writeHead(request.url!.endsWith('/') ? 301 : 200, {
      'access-control-allow-origin': request.headers.origin ?? '*',
      location: request.url!.replace(/\/$/, ''),
    });
    response.end('<br />\n<b>Warning</b>: Undefined index in /var/www/api.php on line 7<br />\n{"success":true}');
  });
