// As much of Express and Fastify as the examples use. Neither is installed with this repository; in a project of your
// own they bring their own types, and you need no such file.

declare module 'express' {
  import type {IncomingMessage, ServerResponse} from 'node:http';

  type Handler = (request: IncomingMessage & {ip: string}, response: ServerResponse) => unknown;

  interface Express {
    all(path: RegExp, handler: Handler): void;
    use(handler: Handler): void;
    listen(port: number, host: string, listening: (error?: Error) => void): {address(): {port: number}};
  }

  const express: {(): Express; json(): Handler};
  export default express;
}

declare module 'fastify' {
  import type {IncomingMessage, ServerResponse} from 'node:http';

  interface Fastify {
    register(plugin: (scope: Fastify) => Promise<void>): void;
    removeAllContentTypeParsers(): void;
    addContentTypeParser(type: '*', parser: (request: unknown, body: unknown, done: () => void) => void): void;
    all(
      path: string,
      handler: (
        request: {ip: string; raw: IncomingMessage},
        reply: {raw: ServerResponse; hijack(): void},
      ) => Promise<void>,
    ): void;
    /** Listens, and returns the address: `http://127.0.0.1:8787`. */
    listen(place: {host: string; port: number}): Promise<string>;
  }

  export default function fastify(): Fastify;
}
