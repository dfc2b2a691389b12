// Bundles of people who have the package from npm.
import {build, type Rolldown} from 'vite';

interface BundledOptions {
  conditions?: string[];
  /** Told what an import of `code` is resolved to, which is left out of the bundle then. */
  onResolve?: (id: string) => void;
}

/** Bundles `code` as a module of this package, so that it finds the package by its name. */
export async function bundled(code: string, {conditions = ['browser'], onResolve}: BundledOptions = {}) {
  const entry = `${process.cwd()}/bundled-entry.js`;
  const {output} = (await build({
    configFile: false,
    logLevel: 'silent',
    resolve: {conditions},
    plugins: [
      {
        name: 'entry',
        enforce: 'pre',
        async resolveId(id, importer) {
          if (id === entry) return id;
          if (importer !== entry || !onResolve) return undefined;
          onResolve((await this.resolve(id, importer, {skipSelf: true}))!.id);
          return {id, external: true};
        },
        load: id => (id === entry ? code : undefined),
      },
    ],
    build: {
      write: false,
      minify: false,
      rolldownOptions: {input: entry, preserveEntrySignatures: 'strict', output: {codeSplitting: false}},
    },
  })) as Rolldown.RolldownOutput;
  return output[0];
}
