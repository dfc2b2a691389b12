import {bad, good, type Check} from './check.js';

/** Whether secrets can be guessed, and whether the keys of grants fit the other settings. */
export const checkSecrets: Check = ({settings: {platform, proxy}}) => {
  const {grants, userRefs, authorize} = proxy;
  const findings = platform ? [keyOf(platform.key)] : [];
  if (grants) findings.push(good('GRANT_KEYS_FILE', `Grant keys: ${grants.keys.map(({kid}) => kid).join(', ')}.`));
  for (const {kid, origins} of grants?.keys ?? []) {
    const missing = origins.filter(origin => !proxy.origins.includes(origin));
    if (missing.length === 0) continue;
    const sentence = `Grants of the key ${kid} are for pages of ${missing.join(', ')}, which may not use the proxy.`;
    findings.push(bad('ORIGINS', sentence, `ORIGINS=${[...proxy.origins, ...missing].join()}`));
  }
  if (!userRefs && (authorize || grants)) {
    const sentence = 'It is not set, so people get other references at the platform after each restart.';
    findings.push(bad('USER_REF_SECRET', sentence, 'USER_REF_SECRET=$(openssl rand -base64 32)'));
  }
  return findings;
};

function keyOf(key: string) {
  // Generated keys are longer, so a person made this one up.
  if (key.length < 16) {
    const sentence = `It has only ${key.length} characters, so others can guess it.`;
    return bad('APP_KEY', sentence, 'APP_KEY=a-new-key-of-your-platform');
  }
  if (/^(["']).*\1$/.test(key)) {
    const sentence = 'It has quotation marks around it, which `docker --env-file` keeps as part of the key.';
    return bad('APP_KEY', sentence, 'APP_KEY=without-quotation-marks');
  }
  return good('APP_KEY', 'It is set. It is not shown here.');
}
