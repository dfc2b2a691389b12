import {minify as shorten} from 'terser';
import {minify, type Plugin} from 'vite';
import {SCRIPT} from './classic-script.js';

/** Lets the bundler and the minifier drop a read of a property or of an unknown global, if nothing uses its value. */
export const TREESHAKE = {
  propertyReadSideEffects: false,
  unknownGlobalSideEffects: false,
} as const;

/**
 * Minifies each chunk, after `classicScript`; the bundler's own minifier would run before it. What Terser still finds makes
 * the script with picker and button 140 bytes (brotli) smaller.
 */
export function minified(): Plugin {
  return {
    name: 'minified',
    async renderChunk(code, {fileName}) {
      const module = fileName !== SCRIPT;
      const {errors, ...result} = await minify(fileName, code, {
        module,
        compress: {target: 'es2022', treeshake: TREESHAKE},
        codegen: {legalComments: 'none'},
        sourcemap: true,
      });
      if (errors.length) this.error(errors[0]!.message);
      const shorter = await shorten(result.code, {
        module,
        ecma: 2020,
        compress: {},
        sourceMap: {content: JSON.stringify(result.map)},
      });
      return {code: shorter.code!, map: shorter.map as string};
    },
  };
}
