// Describes the elements for tools, from their sources: custom-elements.json, and the formats of VS Code and JetBrains.
// `npm run build` runs it; it writes to dist.
import {readFileSync, writeFileSync} from 'node:fs';
import {create, ts} from '@custom-elements-manifest/analyzer';
import {litPlugin} from '@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js';

const TAGS = ['room-picker', 'join-button', 'pre-join', 'room-editor', 'room-users', 'room-stage', 'green-room'];

/** The custom properties of every element; `styles/tokens.ts` reads them. */
const LOOKS = {
  '--room-text': 'Colour of text. Default: the system’s. Greys are mixed from it and the surface.',
  '--room-surface': 'Colour of the background. Default: the system’s.',
  '--room-accent': 'Colour of buttons and of what is chosen.',
  '--room-on-accent': 'Colour of text on the accent.',
  '--room-danger': 'Colour of failures and of buttons that cannot be undone.',
  '--room-radius': 'Radius of corners. Default: 10px.',
  '--room-font': 'Like `font` in CSS.',
  '--room-density': 'Factor of all spaces. Default: 1; less suits a sidebar, more a full page.',
};

/** Methods that only the browser calls. */
const CALLBACK = /^form\w+Callback$/;

const read = file => ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
const {name, version} = JSON.parse(readFileSync('package.json', 'utf8'));
const {modules} = create({modules: TAGS.map(tag => read(`src/elements/${tag}.ts`)), plugins: litPlugin()});
const elements = modules.map(({declarations}, at) =>
  element(
    declarations.find(each => each.customElement),
    TAGS[at],
  ),
);

write('custom-elements.json', {schemaVersion: '2.1.0', modules: elements.map(published)});
write('vscode.html-custom-data.json', htmlData());
write('web-types.json', webTypes());

function write(file, value) {
  writeFileSync(`dist/${file}`, `${JSON.stringify(value, null, 2)}\n`);
}

/** An element without what is private. */
function element({members, attributes, events = [], cssProperties = [], ...rest}, tagName) {
  const used = members.filter(
    ({name, privacy, static: isStatic}) => !isStatic && privacy !== 'private' && !CALLBACK.test(name),
  );
  return {
    ...rest,
    tagName,
    members: used.map(typed),
    attributes: attributes.map(typed),
    // The analyzer takes some names of variables for events; those have no description.
    events: events
      .filter(({description}) => description)
      .map(({name, description}) => ({name, description, type: {text: eventOf(name)}})),
    cssProperties: [...cssProperties, ...Object.entries(LOOKS).map(([name, description]) => ({name, description}))],
  };
}

function typed({type, description = '', ...rest}) {
  const text = type?.text.replace(/ \| undefined$/, '');
  return {...rest, ...(text && {type: {text}}), description: description.replace(/\s+/g, ' ')};
}

/** The class of an event: `RoomTokenEvent` for `room-token`, and `Event` for one that the browser knows, too. */
function eventOf(name) {
  if (!name.includes('-')) return 'Event';
  return `${name.replace(/(?:^|-)(\w)/g, (_, first) => first.toUpperCase())}Event`;
}

/** The module of an element in the package. */
function published(declaration) {
  const {name, tagName} = declaration;
  const path = `dist/elements/${tagName}.js`;
  const own = {name, module: path};
  const exports = [
    {kind: 'js', name, declaration: own},
    {kind: 'custom-element-definition', name: tagName, declaration: own},
  ];
  return {kind: 'javascript-module', path, declarations: [declaration], exports};
}

/** https://github.com/microsoft/vscode-custom-data */
function htmlData() {
  const tags = elements.map(({tagName, description, attributes}) => ({
    name: tagName,
    description,
    attributes: attributes.map(({name, description, type}) => ({
      name,
      description,
      ...(type?.text === 'boolean' && {valueSet: 'v'}),
    })),
  }));
  return {version: 1.1, tags};
}

/** https://github.com/JetBrains/web-types */
function webTypes() {
  const named = (all = []) => all.map(({name, description}) => ({name, description}));
  const html = elements.map(each => ({
    name: each.tagName,
    description: each.description,
    attributes: each.attributes.map(({name, description, type}) => ({name, description, value: {type: type?.text}})),
    slots: named(each.slots),
    js: {
      properties: each.members
        .filter(({kind}) => kind === 'field')
        .map(({name, description, type}) => ({name, description, type: type?.text})),
      events: named(each.events),
    },
    css: {parts: named(each.cssParts), properties: named(each.cssProperties)},
  }));
  return {
    $schema: 'https://raw.githubusercontent.com/JetBrains/web-types/master/schema/web-types.json',
    name,
    version,
    'description-markup': 'markdown',
    contributions: {html: {elements: html}},
  };
}
