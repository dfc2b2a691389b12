import vue from '@vitejs/plugin-vue';
import {defineConfig} from 'vite';

// What `npm run demo` started.
const target = 'http://127.0.0.1:5173';

export default defineConfig({
  base: './',
  // Beside the cache of the demo, which runs at the same time.
  cacheDir: '../../../node_modules/.vite/vue',
  // Else Vue looks for components of these names.
  plugins: [vue({template: {compilerOptions: {isCustomElement: tag => /^(room|join)-/.test(tag)}}})],
  server: {
    port: 5181,
    fs: {allow: ['../../..']},
    proxy: {'/api': {target, headers: {origin: target}}},
  },
});
