import {RoomsError} from '../rooms/errors.js';

/** Most nested tags; an answer of a vendor has five. */
const DEPTH = 10;

/**
 * What is in an XML text: an object of texts, objects and lists. Empty if it is not XML, or defines entities. `lists` are
 * the tags that may come several times. The package that reads it is loaded at the first call.
 *
 * @throws RoomsError `misconfigured` if fast-xml-parser is not installed.
 */
export async function readXml(xml: string, lists: readonly string[]): Promise<Record<string, unknown>> {
  const {XMLParser} = await import('fast-xml-parser').catch(() => {
    throw new RoomsError('misconfigured', 'A package is missing: npm install fast-xml-parser');
  });
  if (/<!(DOCTYPE|ENTITY)/i.test(xml)) return {};
  const parser = new XMLParser({parseTagValue: false, maxNestedTags: DEPTH, isArray: name => lists.includes(name)});
  try {
    return parser.parse(xml, true) as Record<string, unknown>;
  } catch {
    return {}; // Its error quotes what was received.
  }
}
