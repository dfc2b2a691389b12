// What a bundler for browsers gets instead of the proxy and the platform. CommonJS, so that a named import gets as far as
// the sentence, and does not end at a missing export.
throw new Error(
  'greenroom/proxy, greenroom/proxy/node and greenroom/platform are for servers: import greenroom in a page, and give its elements the URL of your proxy as their endpoint.',
);
