import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {addressesBehind} from '../../../src/proxy/node/forwarded.js';

describe('where a request came from', () => {
  const WAYS: [
    what: string,
    trusted: string[],
    peer: string | undefined,
    forwarded: string,
    from: string | undefined,
  ][] = [
    ['the other end, when nobody is trusted', [], '127.0.0.1', '1.2.3.4', '127.0.0.1'],
    ['the other end, when it is not trusted', ['10.0.0.0/8'], '192.0.2.1', '1.2.3.4', '192.0.2.1'],
    ['the other end, when it says nothing', ['10.0.0.0/8'], '10.0.0.1', '', '10.0.0.1'],
    ['whom the trusted one names', ['10.0.0.0/8'], '10.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['whom the trusted one names last', ['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['whom the last of several trusted ones names', ['10.0.0.0/8'], '10.0.0.1', '6.6.6.6,1.2.3.4,10.0.0.2', '1.2.3.4'],
    ['the last one that is an address', ['10.0.0.0/8'], '10.0.0.1', '1.2.3.4, junk', '10.0.0.1'],
    ['not whoever adds a comma', ['10.0.0.0/8'], '10.0.0.1', '1.2.3.4,', '10.0.0.1'],
    ['the first, when all are trusted', ['10.0.0.0/8'], '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['an IPv6 address', ['::1', 'fd00::/8'], '::1', '2001:db8::1, fd00::2', '2001:db8::1'],
    ['an address without its port', ['127.0.0.1'], '127.0.0.1', '1.2.3.4:5678', '1.2.3.4'],
    ['an IPv6 address without brackets and port', ['127.0.0.1'], '127.0.0.1', '[2001:db8::1]:443', '2001:db8::1'],
    ['an IPv4 address without the IPv6 before it', ['127.0.0.1'], '127.0.0.1', '::ffff:1.2.3.4', '1.2.3.4'],
    ['unknown, where the server knows nothing', ['127.0.0.1'], undefined, '1.2.3.4', undefined],
  ];
  for (const [what, trusted, peer, forwarded, from] of WAYS) {
    it(`is ${what}`, () => {
      assert.equal(addressesBehind(trusted)(peer, new Headers({'x-forwarded-for': forwarded})), from);
    });
  }

  it('is what the reverse proxy wrote in Forwarded, whatever the client put into quotes', () => {
    const addressOf = addressesBehind(['127.0.0.1'], 'forwarded');
    for (const forwarded of [
      'for=1.2.3.4;host="x;for=6.6.6.6"',
      'host="x;for=6.6.6.6";for=1.2.3.4',
      'host="x,for=6.6.6.6";for=1.2.3.4',
      'for=1.2.3.4;host="x,for=6.6.6.6"',
      'proto=http;host="x\\",for=6.6.6.6;\\\\";for="1.2.3.4:80"',
      'for="6.6.6.6, for=1.2.3.4;proto=https',
      'for="6.6.6.6, host="x,for=6.6.6.6";for=1.2.3.4',
      'for="6.6.6.6\\, host="x;for=6.6.6.6";For="1.2.3.4" ; proto=https',
    ]) {
      assert.equal(addressOf('127.0.0.1', new Headers({forwarded})), '1.2.3.4', forwarded);
    }
  });

  it('is not to be guessed from what is no network', () => {
    for (const each of ['', '*', '10.0.0.0/33', '::/0', '0.0.0.0/0', '10.0.0.0/x', 'fd00::/129', '10.0.0', 'proxy']) {
      assert.throws(() => addressesBehind([each]), {code: 'misconfigured'}, each);
    }
  });
});
