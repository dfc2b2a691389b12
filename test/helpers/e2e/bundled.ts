// Bundles made by users of the npm package.
import {build, type Rolldown} from 'vite';

interface BundledOptions {
  conditions?: string[];
  /** Called with the file that an import in `code` resolves to. The bundle then leaves the import out. */
  onResolve?: (id: string) => void;
}

/** Bundles `code` as a module in this folder, where it finds the package by its name. */
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
