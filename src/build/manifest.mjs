// Describes the elements for tools, out of their sources: custom-elements.json, and what VS Code and JetBrains read. Run
// by `npm run build`, into dist.
import {readFileSync, writeFileSync} from 'node:fs';
import {create, ts} from '@custom-elements-manifest/analyzer';
import {litPlugin} from '@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js';

const TAGS = ['room-picker', 'join-button', 'room-editor', 'room-users'];

/** What `styles/tokens.ts` takes, for each element alike. */
const LOOKS = {
  '--room-text':
    'What is written with. The system’s own unless told, as the surface; every grey is mixed from the two.',
  '--room-surface': 'What is written on.',
  '--room-accent': 'What is pressed or chosen.',
  '--room-on-accent': 'The text on what is pressed or chosen.',
  '--room-danger': 'What went wrong, and what cannot be undone.',
  '--room-radius': 'Of corners; 10px unless told.',
  '--room-font': 'As the `font` of CSS.',
  '--room-density': 'How roomy; 1 unless told, less for a sidebar, more for a full page.',
};

/** Called by the browser alone. */
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

/** An element with what is for users. */
function element({members, attributes, events, cssProperties = [], ...rest}, tagName) {
  const used = members.filter(
    ({name, privacy, static: isStatic}) => !isStatic && privacy !== 'private' && !CALLBACK.test(name),
  );
  return {
    ...rest,
    tagName,
    members: used.map(typed),
    attributes: attributes.map(typed),
    // What has no description is a guess of the analyzer, who takes the name of a variable for that of an event.
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

/** The class of an event, `room-token`: `RoomTokenEvent`. */
function eventOf(name) {
  return `${name.replace(/(?:^|-)(\w)/g, (_, first) => first.toUpperCase())}Event`;
}

/** A module as the package has it. */
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
