import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import {setTimeout as pause} from 'node:timers/promises';
import {WebSocket} from 'ws';
import {basicAuth} from '../../src/http/client.js';

/** The largest room that the documented platform allows: a scheduled lecture. */
const PEOPLE = {moderator: 5, participant: 1000};

/** How many people come in at the same time. */
const DOORS = 16;

export interface Fill {
  seconds: number;
  /** Ms from a token's use to `joined`, of each person. */
  joins: number[];
  /** The most bytes that one person was sent to come in. */
  newcomer: number;
  /** The most bytes that one participant was sent afterwards. */
  inside: number;
  /** Resident memory of all processes per person, in KiB. */
  memory: number;
  /** People who are still in after all have left. */
  left: number;
}

interface Visitor {
  socket: WebSocket;
  role: string;
  join: number;
  first: number;
  later: number;
}

/** Starts so many platforms on one database, and fills and empties the largest room. `command` runs `greenroom`. */
export async function fillLargestRoom(command: string[], database: string, processes: number): Promise<Fill> {
  const env = {...process.env, APP_ID: 'bench', APP_KEY: 'bench-key'};
  const children = Array.from({length: processes}, () =>
    spawn(process.execPath, [...command, 'platform', '--port', '0', '--database', database, '--drain', '0'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  try {
    const urls: string[] = [];
    for (const {stdout} of children) {
      let told = '';
      while (!/is at (\S+)\/video/.test(told)) told += String(((await once(stdout, 'data')) as [Buffer])[0]);
      urls.push(/is at (\S+)\/video/.exec(told)![1]!);
    }
    const memory = async () => {
      const all = children.map(
        async ({pid}) => /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))![1],
      );
      return (await Promise.all(all)).reduce((sum, each) => sum + Number(each), 0);
    };
    const call = async (method: string, path: string, body?: object) => {
      const headers = {authorization: basicAuth('bench', 'bench-key'), 'content-type': 'application/json'};
      const reply = await fetch(`${urls[0]}/video/v2/rooms${path}`, {
        method,
        headers,
        body: JSON.stringify(body) ?? null,
      });
      return (await reply.json()) as {room: {room_id: string}; token: string; total: number};
    };
    const scheduled_time = new Date(Date.now() + 60_000).toISOString().slice(0, 19).replace('T', ' ');
    const lecture = {mode: 'lecture', scheduled: true, scheduled_time, duration: 60};
    const settings = {...lecture, participants: PEOPLE.participant, moderators: PEOPLE.moderator};
    const {room} = await call('POST', '', {name: 'Lecture', owner_ref: 'bench', settings});
    const roles = Object.entries(PEOPLE).flatMap(([role, count]) => Array<string>(count).fill(role));
    const visitors: Visitor[] = [];
    const before = await memory();
    const began = performance.now();
    const come = async (role: string, index: number) => {
      const who = {name: `Person ${index}`, role, user_ref: `person-${index}`, data: {seat: index}};
      const {token} = await call('POST', `/${room.room_id}/tokens`, who);
      visitors.push(await enter(urls[index % urls.length]!, role, token));
    };
    let next = 0;
    const door = async () => {
      for (let index = next++; index < roles.length; index = next++) await come(roles[index]!, index);
    };
    await Promise.all(Array.from({length: DOORS}, door));
    const seconds = (performance.now() - began) / 1000;
    const used = (await memory()) - before;
    for (const {socket} of visitors) socket.send(JSON.stringify({type: 'leave'}));
    await Promise.all(
      visitors.map(async ({socket}) => {
        if (socket.readyState !== socket.CLOSED) await once(socket, 'close');
      }),
    );
    const empty = Date.now() + 60_000;
    let {total} = await call('GET', `/${room.room_id}/users`);
    while (total > 0 && Date.now() < empty) {
      await pause(50);
      ({total} = await call('GET', `/${room.room_id}/users`));
    }
    return {
      seconds,
      joins: visitors.map(({join}) => join),
      newcomer: Math.max(...visitors.map(({first}) => first)),
      inside: Math.max(...visitors.filter(({role}) => role === 'participant').map(({later}) => later)),
      memory: used / visitors.length,
      left: total,
    };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(
      children.map(async child => {
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }),
    );
  }
}

/** Joins with a token, and counts the bytes that arrive until all people were told, and after that. */
async function enter(url: string, role: string, token: string): Promise<Visitor> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/video/v2/session`);
  await once(socket, 'open');
  const began = performance.now();
  const visitor: Visitor = {socket, role, join: 0, first: 0, later: 0};
  const come = new Promise<void>((inside, refused) => {
    let pages = Infinity;
    socket.on('message', (data: Buffer) => {
      if (visitor.join) {
        visitor.later += data.length;
        return;
      }
      visitor.first += data.length;
      const message = JSON.parse(data.toString()) as {type: string; more?: number};
      if (message.type === 'joined') pages = message.more ?? 0;
      else if (message.type === 'more') pages -= 1;
      else refused(new Error(`Not let in: ${data.toString()}`));
      if (pages > 0) return;
      visitor.join = performance.now() - began;
      inside();
    });
  });
  socket.send(JSON.stringify({type: 'join', token}));
  await come;
  return visitor;
}
