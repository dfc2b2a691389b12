import {equal, deepEqual} from 'node:assert/strict';
import {once} from 'node:events';
import {createServer, request} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, it} from 'node:test';
import {together} from '../../src/http/server.js';

describe('together', () => {
  it('runs each step of all tasks of a turn before the next step', async () => {
    const soon = together();
    const steps: string[] = [];
    const work = async (name: string) => {
      steps.push(`${name} begins`);
      await Promise.resolve();
      steps.push(`${name} goes on`);
    };
    const works: Promise<void>[] = [];
    soon(() => works.push(work('one')));
    await new Promise<void>(resolve => {
      soon(() => {
        works.push(work('two'));
        resolve();
      });
    });
    await Promise.all(works);
    deepEqual(steps, ['one begins', 'two begins', 'one goes on', 'two goes on']);
  });

  it('leaves a task that comes meanwhile for the next turn', async () => {
    const soon = together();
    const done: string[] = [];
    await new Promise<void>(resolve => {
      soon(() => {
        soon(() => {
          done.push('later');
          resolve();
        });
        done.push('now');
      });
    });
    deepEqual(done, ['now', 'later']);
    await new Promise<void>(resolve => soon(resolve));
  });

  it('runs a task that is alone without a wait', async () => {
    const soon = together();
    const server = createServer((_, response) => soon(() => response.end())).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const asked = request({port: (server.address() as AddressInfo).port, host: '127.0.0.1'}).end();
    const [response] = (await once(asked, 'response')) as [{statusCode: number; resume(): void}];
    response.resume();
    equal(response.statusCode, 200);
    server.close();
  });
});
