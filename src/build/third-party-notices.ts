import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Plugin} from 'vite';

/** Writes `third-party-notices.txt`: the licence of each library in the script, which the licences ask for. */
export function thirdPartyNotices(): Plugin {
  return {
    name: 'third-party-notices',
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap(each => (each.type === 'chunk' ? each.moduleIds : []));
      const folders = new Set(modules.flatMap(id => /.*\/node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []));
      const notices = [...folders].sort().map(folder => {
        const text = readFileSync(join(folder, 'package.json'), 'utf8');
        const {name, version, license} = JSON.parse(text) as Record<'name' | 'version' | 'license', string>;
        const file = readdirSync(folder).find(name => /^licen[cs]e/i.test(name));
        if (!file) this.error(`The package ${name} has no licence file.`);
        return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
      });
      this.emitFile({
        type: 'asset',
        fileName: 'third-party-notices.txt',
        source: notices.join(`\n${'-'.repeat(80)}\n\n`),
      });
    },
  };
}
