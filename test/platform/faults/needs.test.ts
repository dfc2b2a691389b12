import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {chmodSync, readFileSync, writeFileSync} from 'node:fs';
import {connect, createServer, type AddressInfo} from 'node:net';
import {once} from 'node:events';
import {join} from 'node:path';
import {describe, test, type TestContext} from 'node:test';
import {createSecureContext, TLSSocket} from 'node:tls';
import {examineDatabase} from '../../../src/platform/database/database.js';
import {openDatabase} from '../../../src/platform/platform.js';
import {freshPlace, needsPostgres, query} from '../../helpers/platform/place.js';
import {until} from '../../helpers/platform/start.js';
import {APP} from '../../helpers/platform/command.js';
import {command, folder} from '../../helpers/proxy/command.js';
import {freePort} from '../../helpers/http/free-port.js';

const {DATABASE_URL, PGBOUNCER} = process.env;
const needsPgbouncer = {skip: PGBOUNCER && DATABASE_URL ? false : 'no PGBOUNCER or no DATABASE_URL'};

/** Opens a database that must be refused, and checks the sentence that the operator reads. */
async function refused(place: string, message: RegExp) {
  // The doctor's examination says the same.
  for (const task of [examineDatabase, openDatabase]) {
    await assert.rejects(task(place, {connect: 2000}), (error: Error & {code: string; desc: string}) => {
      assert.equal(error.code, 'misconfigured', String(error.stack));
      assert.match(error.message, message);
      assert.ok(error.desc.length > 20);
      assert.doesNotMatch(JSON.stringify(error) + error.message + error.desc, /CANARY/);
      return true;
    });
  }
}

async function opens(place: string) {
  await examineDatabase(place);
  const database = await openDatabase(place);
  await database.check();
  await database.close();
}

/** A copy of an address, changed. */
function changed(place: string, change: (url: URL) => unknown): string {
  const url = new URL(place);
  change(url);
  return url.href;
}

/** A user with a password of their own and few rights. */
async function someUser(t: TestContext, place: string, attributes = ''): Promise<string> {
  const user = `user_${process.pid}_${Math.random().toString(36).slice(2)}`;
  await query(place, `create role ${user} login password 'CANARY' ${attributes}`);
  t.after(async () => {
    await query(place, `drop owned by ${user}`);
    await query(place, `drop role ${user}`);
  });
  return user;
}

const asUser = (place: string, user: string) =>
  changed(place, url => Object.assign(url, {username: user, password: 'CANARY'}));

describe('what the platform needs of Postgres, tried at start', {...needsPostgres, timeout: 120_000}, () => {
  test('a schema', async t => {
    const place = await freshPlace(t, () => {});
    await refused(
      changed(place, url => url.searchParams.set('options', '-csearch_path=nowhere')),
      /no schema for the tables/,
    );
  });

  test('rights on the schema, and on each table', async t => {
    const place = await freshPlace(t, () => {});
    const schema = /search_path=(\w+)/.exec(decodeURIComponent(place))![1]!;
    const user = await someUser(t, place);
    await query(place, `grant usage on schema ${schema} to ${user}`);
    await refused(asUser(place, user), /lacks rights/);
    await opens(place);
    await refused(asUser(place, user), /lacks rights/);
    // The owner made the tables, so this user need not be able to.
    await query(place, `grant select, insert, update, delete on all tables in schema ${schema} to ${user}`);
    await opens(asUser(place, user));
    await query(place, `revoke delete on connections from ${user}`);
    await refused(asUser(place, user), /lacks rights/);
  });

  test('a server that takes writes', async t => {
    const place = await freshPlace(t, () => {});
    const user = await someUser(t, place, 'superuser');
    await query(place, `alter role ${user} set default_transaction_read_only = on`);
    await refused(asUser(place, user), /server only reads/);
  });

  test('a database of that name, and a user that it accepts', async t => {
    const place = await freshPlace(t, () => {});
    await refused(
      changed(place, url => (url.pathname = '/nowhere')),
      /refuses the connection/,
    );
    await refused(
      changed(place, url => Object.assign(url, {username: 'nobody_here', password: 'CANARY'})),
      /refuses/,
    );
    await refused('postgres://a:CANARY@127.0.0.1:1/x', /cannot be reached/);
    await refused('postgres://a:CANARY@nowhere.invalid/x', /cannot be reached/);
  });

  test('an answer: a server that says nothing is left after the deadline', async t => {
    const server = createServer(socket => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const {port} = server.address() as AddressInfo;
    await refused(`postgres://a:CANARY@127.0.0.1:${port}/x?sslmode=disable`, /cannot be reached/);
  });
});

test('requests that come before the database opens get 503 if it does not open', {timeout: 60_000}, async t => {
  const silent = createServer(socket => socket.on('error', () => {})).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const place = `postgres://a:CANARY@127.0.0.1:${(silent.address() as AddressInfo).port}/x?sslmode=disable`;
  const port = await freePort();
  const {ended, told} = command(t, ['platform', '--port', String(port), '--database', place], APP);
  const origin = `http://127.0.0.1:${port}`;
  await until(() =>
    fetch(`${origin}/livez`).then(
      ({ok}) => ok,
      () => false,
    ),
  );
  const answers = await Promise.all(['/healthz', '/video/v2/rooms'].map(path => fetch(origin + path)));
  assert.deepEqual(
    answers.map(({status}) => status),
    [503, 503],
  );
  assert.deepEqual(await answers[0]!.json(), {status: 'unavailable'});
  const {result, error} = (await answers[1]!.json()) as {result: number; error: string};
  assert.equal(result, 19014);
  assert.match(error, /^\[Reason\] /);
  assert.equal(answers[1]!.headers.get('retry-after'), '2');
  assert.equal(await ended, 1);
  assert.match(told.err, /cannot be reached/);
  assert.doesNotMatch(told.err, /CANARY/);
});

/** A certificate for a host, and the server behind which Postgres is then reached with TLS. */
async function withTls(t: TestContext, place: string, host: string) {
  const files = await folder(t);
  const [key, cert] = [join(files, 'key.pem'), join(files, 'cert.pem')];
  const name = host === '127.0.0.1' ? `IP:${host}` : `DNS:${host}`;
  const request = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test'.split(' ');
  const wanted = ['-addext', `subjectAltName=${name}`, '-keyout', key, '-out', cert];
  execFileSync('openssl', [...request, ...wanted], {stdio: 'ignore'});
  const secureContext = createSecureContext({key: readFileSync(key), cert: readFileSync(cert)});
  const {hostname, port} = new URL(place);
  const server = createServer(socket => {
    socket.on('error', () => {});
    // The first message asks for TLS, with eight bytes, or begins it.
    socket.once('data', (asked: Buffer) => {
      const begins = asked[0] === 22;
      if (begins) socket.pause().unshift(asked);
      else if (asked.length === 8) socket.write('S');
      else return void socket.destroy();
      const secure = new TLSSocket(socket, {isServer: true, secureContext, ALPNProtocols: ['postgresql']});
      const upstream = connect(Number(port || 5432), hostname);
      secure.on('error', () => upstream.destroy()).pipe(upstream);
      upstream.on('error', () => secure.destroy()).pipe(secure);
      return undefined;
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const at = (query: Record<string, string>) =>
    changed(place, url => {
      url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    });
  return {at, cert};
}

describe('TLS to Postgres, as libpq means it', {...needsPostgres, timeout: 120_000}, () => {
  test('each sslmode against a certificate that nobody signed', async t => {
    const place = await freshPlace(t, () => {});
    const {at, cert} = await withTls(t, place, '127.0.0.1');
    for (const sslmode of ['allow', 'prefer', 'require']) await opens(at({sslmode}));
    await opens(at({}));
    for (const sslmode of ['verify-ca', 'verify-full']) {
      await refused(at({sslmode}), /certificate .* not signed by an authority/);
      await opens(at({sslmode, sslrootcert: cert}));
    }
    await refused(at({sslmode: 'disable'}), /cannot be reached/);
    await refused(at({sslmode: 'sometimes'}), /unknown sslmode/);
    await refused(at({sslmode: 'verify-full', sslrootcert: '/nowhere.pem'}), /sslrootcert names cannot be read/);
  });

  test('verify-full wants the name of the host in the certificate; verify-ca does not', async t => {
    const {at, cert: sslrootcert} = await withTls(t, await freshPlace(t, () => {}), 'db.example');
    await opens(at({sslmode: 'verify-ca', sslrootcert}));
    await opens(at({sslmode: 'require', sslrootcert}));
    await refused(at({sslmode: 'verify-full', sslrootcert}), /names another host/);
  });

  test('what else an address may say of TLS takes nothing from sslmode, and has a meaning without it', async t => {
    const place = await freshPlace(t, () => {});
    const {at, cert} = await withTls(t, place, '127.0.0.1');
    const unsigned = /certificate .* not signed by an authority/;
    await refused(at({ssl: 'no-verify', sslmode: 'verify-full'}), unsigned);
    await refused(at({ssl: '0', sslmode: 'verify-full'}), unsigned);
    await opens(at({ssl: 'true', sslmode: 'verify-full', sslrootcert: cert}));
    await opens(at({ssl: 'true', sslmode: 'require'}));
    await refused(at({ssl: 'true'}), unsigned);
    await opens(at({ssl: 'no-verify'}));
    await refused(at({ssl: 'perhaps'}), /unknown sslmode/);
    await refused(at({sslrootcert: 'system'}), unsigned);
    await refused(at({sslrootcert: 'system', sslmode: 'prefer'}), unsigned);
    await opens(changed(place, url => url.searchParams.set('ssl', 'false')));
  });

  test('direct TLS uses the same certificates', async t => {
    const {at, cert} = await withTls(t, await freshPlace(t, () => {}), '127.0.0.1');
    const direct = {sslnegotiation: 'direct', sslmode: 'verify-full'};
    await opens(at({...direct, sslrootcert: cert}));
    await refused(at(direct), /certificate .* not signed by an authority/);
  });

  test('a server without TLS is refused when it is required, and taken when it is not', async t => {
    const place = await freshPlace(t, () => {});
    const at = (sslmode: string) => changed(place, url => url.searchParams.set('sslmode', sslmode));
    for (const mode of ['disable', 'allow', 'prefer']) await opens(at(mode));
    for (const mode of ['require', 'verify-ca', 'verify-full']) await refused(at(mode), /has no TLS/);
  });
});

/** A pgbouncer in front of Postgres, and an address that leads through it. */
async function pgbouncer(t: TestContext, place: string, mode: string): Promise<string> {
  const files = await folder(t);
  const port = await freePort();
  const {hostname, port: behind, username} = new URL(place);
  const config = join(files, 'pgbouncer.ini');
  writeFileSync(
    config,
    `[databases]
    * = host=${hostname} port=${behind || 5432} user=${username}
    [pgbouncer]
    listen_addr = 127.0.0.1
    listen_port = ${port}
    unix_socket_dir =
    auth_type = any
    pool_mode = ${mode}
    ignore_startup_parameters = extra_float_digits`,
  );
  for (const path of [files, config]) chmodSync(path, 0o755);
  // It refuses to run as root.
  const nobody = process.getuid?.() === 0 ? {uid: 65534, gid: 65534} : {};
  const child = spawn(PGBOUNCER!, [config], {stdio: 'ignore', ...nobody});
  const ended = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const reachable = () =>
    new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
  await until(reachable);
  return changed(place, url => {
    url.host = `127.0.0.1:${port}`;
    url.search = '';
  });
}

describe('a pooler in front of Postgres', {...needsPgbouncer, timeout: 60_000}, () => {
  for (const mode of ['transaction', 'statement', 'session']) {
    test(`that lends connections by ${mode} is ${mode === 'session' ? 'taken' : 'refused'}`, async t => {
      const name = `green_${process.pid}`;
      await query(DATABASE_URL!, `create database ${name}`);
      t.after(() => query(DATABASE_URL!, `drop database ${name} with (force)`));
      const place = await pgbouncer(
        t,
        changed(DATABASE_URL!, url => (url.pathname = `/${name}`)),
        mode,
      );
      if (mode === 'session') await opens(place);
      else await refused(place, /pooler|cannot be reached/);
    });
  }
});
