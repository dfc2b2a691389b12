import {isLoopback} from '../../../http/host.js';
import {bad, type Check, type Finding} from './check.js';

/** Whether addresses of visitors can be told apart, and whether the connection to the platform is safe. */
export const checkNetwork: Check = ({settings: {host, proxy}, env}) => {
  const findings: Finding[] = [];
  const fromElsewhere = proxy.origins.some(origin => !isLoopback(new URL(origin).hostname));
  if (isLoopback(host) && fromElsewhere && !env.TRUSTED_PROXIES?.trim()) {
    const sentence = `Requests reach ${host} through a reverse proxy, so all visitors share the limits of one address.`;
    findings.push(bad('TRUSTED_PROXIES', sentence, 'TRUSTED_PROXIES=127.0.0.1'));
  }
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    const sentence = 'Certificates are not checked, so others on the network can read the key.';
    findings.push(bad('NODE_TLS_REJECT_UNAUTHORIZED', sentence, 'NODE_EXTRA_CA_CERTS=./your-ca.pem'));
  }
  return findings;
};
