// The part of an optional package that is used. It need not be installed to compile.
declare module 'fast-xml-parser' {
  export class XMLParser {
    constructor(options: {parseTagValue: boolean; maxNestedTags: number; isArray: (name: string) => boolean});
    parse(xml: string, validate: boolean): unknown;
  }
}
