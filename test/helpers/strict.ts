// Pages under a Content Security Policy for the tests in a browser, at the tests' own origin, so that they can look inside.
import {text} from 'node:stream/consumers';
import type {TestRunnerCoreConfig} from '@web/test-runner';

type Middleware = NonNullable<TestRunnerCoreConfig['middleware']>[number];

/** Where a page under a policy is; it reports what violates that to the same path. */
export const STRICT = '/strict';

const reports = new Map<string, unknown[]>();

/**
 * `GET ?id&html&policy` is a page, to which the browser reports by `POST ?id`; with no `html` it answers what was
 * reported, an array of the directives that were violated.
 */
export const strictPages: Middleware = async (context, next) => {
  if (context.path !== STRICT) return next();
  const query = context.query as Record<'id' | 'html' | 'policy', string>;
  const reported = reports.get(query.id) ?? [];
  reports.set(query.id, reported);
  if (context.method === 'POST') {
    const {'csp-report': report} = JSON.parse(await text(context.req)) as {'csp-report': Record<string, string>};
    reported.push(report['effective-directive'] ?? report['violated-directive']);
    context.status = 204;
  } else if (query.html === undefined) {
    context.body = reported;
  } else {
    context.type = 'html';
    context.set('content-security-policy', `${query.policy}; report-uri ${STRICT}?id=${query.id}`);
    context.body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title>${query.html}`;
  }
};
