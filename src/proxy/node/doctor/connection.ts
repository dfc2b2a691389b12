import {connect} from 'node:tls';
import {bareHost, isLoopback} from '../../../http/host.js';
import {networkCode, PATIENCE} from './check.js';

/** Why there is no connection to an address, or no answer that makes sense. */
export interface ConnectionFault {
  sentence: string;
  /** The address that is right, if it can be known. */
  address?: string;
  /** What to do if the address is right. */
  line?: string;
}

/** What to write or to do: `before`, such as `PLATFORM_URL=`, and the address that is right. `otherwise` if nobody knows. */
export const cureOf = ({line, address}: ConnectionFault, before: string, otherwise: string): string =>
  line ?? (address ? `${before}${address}` : otherwise);

const TRUST = 'NODE_EXTRA_CA_CERTS=./your-ca.pem';

/** What to say of an error of TLS, by its code. */
const CERTIFICATE: Record<string, (url: URL, error: unknown) => ConnectionFault> = {
  CERT_HAS_EXPIRED: url => ({sentence: 'Its certificate has expired', line: datesOf(url)}),
  CERT_NOT_YET_VALID: url => ({sentence: 'Its certificate is not valid yet', line: datesOf(url)}),
  ERR_TLS_CERT_ALTNAME_INVALID: (url, error) => ({
    sentence: `Its certificate is not for ${url.hostname}`,
    address: withHost(url, namesIn(error)[0] ?? 'the-name-in-its-certificate.example'),
  }),
  DEPTH_ZERO_SELF_SIGNED_CERT: () => ({sentence: 'Its certificate is signed by itself, and not trusted', line: TRUST}),
  SELF_SIGNED_CERT_IN_CHAIN: () => ({sentence: 'Its certificate is from a CA that is not trusted', line: TRUST}),
  UNABLE_TO_GET_ISSUER_CERT: () => ({sentence: 'Its certificate is from a CA that is not trusted', line: TRUST}),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: () => ({
    sentence: 'Its certificate is from a CA that is not trusted, or it does not send the intermediate certificates',
    line: TRUST,
  }),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => ({
    sentence: 'It does not send the intermediate certificates, or is from a CA that is not trusted',
    line: TRUST,
  }),
};

/** Says what is wrong with the connection to an address. `error` is what came of it, and quotes nothing that was sent. */
export async function connectionFault(address: string, error: unknown): Promise<ConnectionFault> {
  const url = new URL(address);
  const code = networkCode(error);
  const withCode = (fault: ConnectionFault) => ({...fault, sentence: `${fault.sentence} (${code}).`});
  const certificate = CERTIFICATE[code];
  if (certificate) return withCode(certificate(url, error));
  if (/^(ERR_SSL_|EPROTO)/.test(code)) return withCode({sentence: 'It does not speak https', address: withoutTls(url)});
  if (await speaksTls(url)) return tlsFault(url);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return withCode({sentence: `There is no host ${url.hostname}`});
  if (code === 'ECONNREFUSED') return withCode({sentence: `Nothing listens on ${url.host}`});
  return withCode({sentence: 'There is no answer'});
}

/** The fault of an http address where TLS is spoken. */
export const tlsFault = (url: URL): ConnectionFault => ({
  sentence: 'It speaks https there, not http.',
  address: `https://${url.host}${pathOf(url)}`,
});

/** Whether an http address leads to a server that speaks TLS. Nothing is sent there but the handshake. */
export function speaksTls({protocol, hostname, port}: URL): Promise<boolean> {
  if (protocol !== 'http:') return Promise.resolve(false);
  const host = bareHost(hostname);
  return new Promise(resolve => {
    const socket = connect({host, port: Number(port) || 80, rejectUnauthorized: false, timeout: PATIENCE});
    const end = (spoken: boolean) => (socket.destroy(), resolve(spoken));
    socket
      .on('secureConnect', () => end(true))
      .on('error', () => end(false))
      .on('timeout', () => end(false));
  });
}

/** The path of an address, without the slash at its end. */
const pathOf = ({pathname}: URL) => pathname.replace(/\/$/, '');

const withHost = (url: URL, host: string) => `${url.protocol}//${host}${url.port && `:${url.port}`}${pathOf(url)}`;

/** Without TLS only on this machine; elsewhere https may be on its usual port. */
const withoutTls = (url: URL) =>
  `${isLoopback(url.hostname) ? `http://${url.host}` : `https://${url.hostname}`}${pathOf(url)}`;

const datesOf = ({hostname, port}: URL) =>
  `openssl s_client -connect ${hostname}:${port || 443} </dev/null | openssl x509 -noout -dates`;

/** The names in the certificate that an error is about. */
function namesIn(error: unknown): string[] {
  const {cert, cause} = error as {cert?: {subjectaltname?: unknown}; cause?: unknown};
  if (!cert) return cause ? namesIn(cause) : [];
  return [...String(cert.subjectaltname).matchAll(/DNS:([a-z0-9.-]+)/gi)].map(([, name]) => name!);
}
