// Checks the style sheets of the elements against the browsers that `browserslist` in package.json names. What one of them
// does not know must be inside `@supports`, follow a plain declaration of the same property, or be named below with the
// reason why it may be missing. `npm run lint` runs it; other files and folders can be named as arguments.
import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import bcd from '@mdn/browser-compat-data' with {type: 'json'};
import postcss from 'postcss';
import {parseSync, Visitor} from 'vite';

const {browserslist} = JSON.parse(readFileSync('package.json', 'utf8'));

/** The oldest supported version of each browser, by its name in the data. */
const OLDEST = browserslist.map(line => {
  const [, name, version] = /^(chrome|edge|firefox|safari|ios_saf) >= (\d+(?:\.\d+)?)$/.exec(line) ?? [];
  if (!name) throw new Error(`browserslist: write "chrome >= 120", not "${line}".`);
  return [name === 'ios_saf' ? 'safari_ios' : name, version];
});

/** Properties that may be missing in a supported browser, and what a visitor sees then. */
const MAY_BE_MISSING = {
  'accent-color': 'Safari picks another colour where the contrast is low',
  'contain-intrinsic-block-size': 'belongs to content-visibility',
  'contain-intrinsic-inline-size': 'a list whose place has no width is narrower',
  'content-visibility': 'rows out of sight are laid out, too',
  cursor: 'a phone has no pointer',
  'field-sizing': 'a text field keeps its rows and can be resized',
  'forced-color-adjust': 'Safari has no forced colours',
  'overflow-clip-margin': 'the end of an italic letter may be cut off',
  resize: 'a text field keeps its size',
};
const needed = new Set();

const {css} = bcd;
const named = process.argv.slice(2);
let faults = 0;
for (const file of (named.length ? named : ['src']).flatMap(sheetsIn)) checkFile(file);
for (const property of Object.keys(MAY_BE_MISSING)) {
  if (named.length || needed.has(property)) continue;
  faults++;
  console.error(`${property} is in all supported browsers, or no longer used: take it out of MAY_BE_MISSING.`);
}
if (faults) process.exitCode = 1;

function sheetsIn(path) {
  if (!statSync(path, {throwIfNoEntry: false})) return [];
  if (statSync(path).isDirectory()) return readdirSync(path).flatMap(name => sheetsIn(join(path, name)));
  return path.endsWith('.ts') ? [path] : [];
}

function checkFile(file) {
  const code = readFileSync(file, 'utf8');
  new Visitor({
    TaggedTemplateExpression({tag, quasi}) {
      if (code.slice(tag.start, tag.end) !== 'css') return;
      const line = code.slice(0, quasi.start).split('\n').length;
      // A value that is put in is as good as any other.
      const text = code.slice(quasi.start + 1, quasi.end - 1).replace(/\$\{[^}]*\}/g, '0');
      postcss.parse(text).walk(node => checkNode(node, `${file}:${line + node.source.start.line - 1}`));
    },
  }).visit(parseSync(file, code).program);
}

function checkNode(node, place) {
  const complain = (what, lacking) => {
    faults++;
    console.error(
      `${place}: ${what} is not in ${lacking.join(', ')}. Put a plain declaration before it, or use @supports.`,
    );
  };
  if (isGuarded(node)) return;
  for (const [what, names] of featuresOf(node)) {
    const lacking = lackingIn(names);
    if (!lacking.length || hasFallback(node)) continue;
    const [property] = what.split('.');
    if (MAY_BE_MISSING[property]) needed.add(property);
    else complain(what, lacking);
  }
}

/** The features of one node, each with where the data may have it. */
function featuresOf(node) {
  if (node.type === 'decl') {
    const isOwn = node.prop.startsWith('--');
    const words = [...node.value.matchAll(/(?<![\w-])(-?[a-z][\w-]*)(\(?)/gi)].flatMap(([, word, call]) =>
      call
        ? [
            [
              `${word}()`,
              [
                ['types', word],
                ['types', 'color', word],
                ['types', 'gradient', word],
                ['properties', node.prop, word],
              ],
            ],
          ]
        : isOwn
          ? []
          : [[`${node.prop}.${word}`, [['properties', node.prop, word]]]],
    );
    const units = [...node.value.matchAll(/\d(lh|rlh|cq\w+|dv\w+|sv\w+|lv\w+|cap|ic)\b/g)].map(([, unit]) => [
      unit,
      [
        ['types', 'length', unit],
        ['types', 'length', `${unit.slice(0, 2)}_unit`],
      ],
    ]);
    return [...(isOwn ? [] : [[node.prop, [['properties', node.prop]]]]), ...words, ...units];
  }
  if (node.type === 'atrule') {
    const inside = [...node.params.matchAll(/\(([a-z-]+)\s*[:)]/g)].map(([, name]) => [
      name,
      [['at-rules', node.name, name]],
    ]);
    return [[`@${node.name}`, [['at-rules', node.name]]], ...inside];
  }
  if (node.type !== 'rule') return [];
  return [...node.selector.matchAll(/::?([a-z-]+)/g)].map(([text, name]) => [text, [['selectors', name]]]);
}

/** The supported browsers in which a feature is missing. What the data does not have is old. */
function lackingIn(names) {
  const found = names.map(path => path.reduce((at, name) => at?.[name], css)?.__compat).find(Boolean);
  if (!found) return [];
  return OLDEST.filter(([browser, version]) => !isIn(found.support[browser], version)).map(each => each.join(' '));
}

function isIn(support, version) {
  const one = statement => {
    const {version_added: added, version_removed: removed, flags, partial_implementation: partial} = statement ?? {};
    if (!added || added === 'preview' || removed || flags || (partial && !statement.prefix)) return false;
    return compare(added.replace('≤', ''), version) <= 0;
  };
  return [support].flat().some(one);
}

function compare(one, other) {
  const [a, b] = [one, other].map(text => text.split('.').map(Number));
  return a[0] - b[0] || (a[1] ?? 0) - (b[1] ?? 0);
}

/** Whether only browsers that know it read a node. */
function isGuarded(node) {
  for (let at = node.parent; at; at = at.parent) if (at.type === 'atrule' && at.name === 'supports') return true;
  return node.type === 'atrule' && node.name === 'supports';
}

/** Whether a declaration follows one of the same property that all browsers know. Own properties keep what is not known. */
function hasFallback(node) {
  if (node.type !== 'decl' || node.prop.startsWith('--')) return false;
  for (let at = node.prev(); at; at = at.prev()) {
    if (at.type === 'decl' && at.prop === node.prop && featuresOf(at).every(([, names]) => !lackingIn(names).length))
      return true;
  }
  return false;
}
