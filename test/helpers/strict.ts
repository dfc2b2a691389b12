// Pages under a Content Security Policy, at the origin of the tests, so that tests can look inside.
import {text} from 'node:stream/consumers';
import type {TestRunnerCoreConfig} from '@web/test-runner';

type Middleware = NonNullable<TestRunnerCoreConfig['middleware']>[number];

/** The path of a page under a policy, and of its violation reports. */
export const STRICT = '/strict';

const reports = new Map<string, unknown[]>();

/**
 * `GET ?id&html&policy` is a page; the browser reports violations by `POST ?id`. `GET ?id` without `html` returns the
 * violated directives as an array.
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
