/** An http(s) address as a URL; undefined if the text is something else, or holds credentials. */
export function webAddress(text: string | URL): URL | undefined {
  const url = URL.canParse(String(text)) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) && !url.username && !url.password ? url : undefined;
}
