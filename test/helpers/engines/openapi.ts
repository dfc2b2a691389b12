// The documents that vendors publish of their HTTP APIs. They judge our requests, and complete the answers of our doubles.
import {readFileSync} from 'node:fs';
import {Ajv} from 'ajv';
import {refersTo} from '../schema-refs.js';
import type {Recorded} from './recorder.js';

type Json = Record<string, unknown>;
interface Media {
  schema: Json;
  examples?: Record<string, {value: unknown}>;
}
type Content = Record<string, Media>;
interface Operation {
  parameters?: {name: string; in: 'path' | 'query'; schema: Json}[];
  requestBody?: {content: Content};
  responses: Record<string, {content: Content}>;
}
interface Document {
  servers: {url: string}[];
  paths: Record<string, Record<string, Operation>>;
  components: Json;
}

export interface OpenApi {
  /** Where the vendor's server is. */
  server: string;
  /** The operations of the document, such as `post /rooms`. */
  operations: string[];
  /** The operations that were asked for. */
  asked: Set<string>;
  /** What was not as the document says. */
  faults: string[];
  /** Checks a request, and returns what the vendor answers: what `body` says, in an answer as long as the vendor's. */
  answer: (request: Recorded, body: unknown) => {status: number; body: unknown};
}

/** @param prefix - The part of the document's paths that requests do not have, since it is in the engine's address. */
export function openApi(name: string, prefix = ''): OpenApi {
  const text = readFileSync(new URL(`../../fixtures/${name}-openapi.json`, import.meta.url), 'utf8');
  const document = JSON.parse(text, closed) as Document;
  // What comes in an address or a form is text.
  const ajv = new Ajv({strict: false, allErrors: true, validateFormats: false, coerceTypes: true});
  const exact = new Ajv({strict: false, allErrors: true, validateFormats: false});
  for (const each of [ajv, exact]) each.addSchema(document, 'openapi');
  const asked = new Set<string>();
  const faults: string[] = [];
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method} ${path}`,
      method: method.toUpperCase(),
      pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      operation,
    })),
  );

  function check(by: Ajv, where: string, schema: Json, value: unknown) {
    if (!by.validate(refersTo('openapi', schema), value)) faults.push(`${where}: ${by.errorsText()}`);
  }

  function answer({method, path, headers, body: sent}: Recorded, body: unknown) {
    const {pathname, searchParams} = new URL(path, 'https://vendor.example');
    const found = operations.find(each => each.method === method && each.pattern.test(prefix + pathname));
    if (!found) {
      faults.push(`${method} ${pathname} is not in the document.`);
      return {status: 404, body: {}};
    }
    const {name, operation} = found;
    asked.add(name);
    const inQuery = operation.parameters?.filter(each => each.in === 'query') ?? [];
    const properties = Object.fromEntries(inQuery.map(each => [each.name, each.schema]));
    check(ajv, name, {type: 'object', properties, additionalProperties: false}, Object.fromEntries(searchParams));
    const type = String(headers['content-type'] ?? '').split(';')[0]!;
    const form = operation.requestBody?.content[type];
    if (form && type === 'application/json') check(exact, name, form.schema, JSON.parse(sent));
    else if (form) check(ajv, name, form.schema, Object.fromEntries(new URLSearchParams(sent)));
    else if (sent) faults.push(`${name} takes no body of the type ${type}.`);
    const [[status, {content}]] = Object.entries(operation.responses) as [[string, {content: Content}]];
    const {schema, examples} = content['application/json']!;
    const whole = completed(body, Object.values(examples!)[0]!.value, schema);
    check(exact, `the answer to ${name}`, schema, whole);
    return {status: Number(status), body: whole};
  }
  return {server: document.servers[0]!.url, operations: operations.map(each => each.name), asked, faults, answer};
}

/** An object has no other keys than those that are named. The document leaves that open. */
function closed(_key: string, value: unknown) {
  const isShape = typeof value === 'object' && value !== null && 'type' in value && value.type === 'object';
  return isShape && 'properties' in value ? {additionalProperties: false, ...value} : value;
}

/** What was given, and of all else what the example says. A map, whose keys are names, has only those that were given. */
function completed(given: unknown, example: unknown, schema: Json): unknown {
  if (Array.isArray(given)) return given.map(each => completed(each, (example as unknown[] | undefined)?.[0], {}));
  if (typeof given !== 'object' || given === null) return given ?? example;
  const known = {...(example as Json | undefined)};
  const isMap = typeof schema.additionalProperties === 'object';
  const like = (key: string) => (isMap ? Object.values(known)[0] : known[key]);
  const entries = Object.entries(given).map(([key, value]) => [key, completed(value, like(key), {})]);
  return {...(!isMap && known), ...(Object.fromEntries(entries) as Json)};
}
