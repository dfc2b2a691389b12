import {defineConfig} from 'vite';

// What `npm run demo` started.
const target = 'http://127.0.0.1:5173';

export default defineConfig({
  base: './',
  server: {port: 5183, proxy: {'/api': {target, headers: {origin: target}}}},
});
