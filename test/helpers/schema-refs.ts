/** A schema out of a document, for an Ajv that has the document under this name. */
export const refersTo = (name: string, schema: unknown) =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/', `"${name}#/`)) as Record<string, unknown>;
