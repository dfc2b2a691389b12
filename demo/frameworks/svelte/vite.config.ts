import {svelte} from '@sveltejs/vite-plugin-svelte';
import {defineConfig} from 'vite';

// What `npm run demo` started.
const target = 'http://127.0.0.1:5173';

export default defineConfig({
  base: './',
  // Beside the cache of the demo, which runs at the same time.
  cacheDir: '../../../node_modules/.vite/svelte',
  plugins: [svelte()],
  server: {
    port: 5182,
    fs: {allow: ['../../..']},
    proxy: {'/api': {target, headers: {origin: target}}},
  },
});
