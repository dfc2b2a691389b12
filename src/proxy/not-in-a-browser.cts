// Bundlers for browsers get this instead of the proxy and the platform. It is CommonJS because a named import from an ES
// module would fail for its missing export, before this error could be thrown.
throw new Error(
  'greenroom/proxy, greenroom/proxy/node and greenroom/platform are for servers: import greenroom in a page, and give its elements the URL of your proxy as their endpoint.',
);
