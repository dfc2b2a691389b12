import react from '@vitejs/plugin-react';
import {defineConfig} from 'vite';

// What `npm run demo` started.
const target = 'http://127.0.0.1:5173';

export default defineConfig({
  base: './',
  // Beside the cache of the demo, which runs at the same time.
  cacheDir: '../../../node_modules/.vite/react',
  plugins: [react()],
  server: {
    port: 5180,
    fs: {allow: ['../../..']},
    proxy: {'/api': {target, headers: {origin: target}}},
  },
});
