import {createServer, type IncomingMessage, type RequestListener} from 'node:http';

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
 * What the samples of vendors do, and must not be done: whoever asks is whoever they say, in whatever role they like; the
 * path goes on to the platform decoded, the answer comes back whole, and every page in the world may read it.
 */
export function naiveProxy({url, id, key}: Upstream) {
  const answer: RequestListener = (request, response) => {
    void handle(request).then(
      ({status, text}) => {
        const cors = {'access-control-allow-origin': '*', 'access-control-allow-headers': '*'};
        response.writeHead(status, {'content-type': 'text/html', ...cors}).end(text);
      },
      (error: Error) => response.writeHead(500).end(`<h1>${error.stack} for ${id}:${key}</h1>`),
    );
  };

  async function handle(request: IncomingMessage): Promise<{status: number; text: string}> {
    const {pathname, searchParams} = new URL(request.url!, 'http://proxy');
    const path = decodeURIComponent(decodeURIComponent(pathname)).replace(/^\/api/, '');
    // As PHP’s $_REQUEST has it: from anywhere.
    const sent = {...Object.fromEntries(searchParams), ...parsed(await bodyOf(request))};
    const method = String(sent._method ?? request.headers['x-http-method-override'] ?? request.method);
    const wish = {
      user_ref: 'guest',
      ...sent,
      role: String(sent.role ?? 'participant')
        .toLowerCase()
        .trim(),
    };
    const base = typeof sent.endpoint === 'string' ? sent.endpoint : url;
    const answer = await fetch(new URL(base + path), {
      method,
      headers: {authorization: `Basic ${btoa(`${id}:${key}`)}`, 'content-type': 'application/json'},
      ...(!/^(GET|HEAD)$/.test(method) && {body: JSON.stringify(path.endsWith('/tokens') ? wish : sent)}),
    });
    return {status: answer.status, text: await answer.text()};
  }

  return createServer({maxHeaderSize: 64 * 1024}, answer);
}

function parsed(text: string): Record<string, unknown> {
  if (!text.startsWith('{')) return Object.fromEntries(new URLSearchParams(text));
  return JSON.parse(text) as Record<string, unknown>;
}

/** A page where JSON was due, whatever is asked: what a server says whose script is broken. */
export const brokenProxy = () =>
  createServer((request, response) => {
    response.writeHead(request.url!.endsWith('/') ? 301 : 200, {
      'access-control-allow-origin': request.headers.origin ?? '*',
      location: request.url!.replace(/\/$/, ''),
    });
    response.end('<br />\n<b>Warning</b>: Undefined index in /var/www/api.php on line 7<br />\n{"success":true}');
  });
