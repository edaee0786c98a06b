/** The part of an OpenAPI 3.1 document that the page shows. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  title?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  items?: Schema;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}

export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
  security?: Record<string, string[]>[];
}

export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export interface Row {
  method: string;
  path: string;
  operation: Operation;
}

/** The operations below their tag, with those that mention the text. */
export function grouped(document: ApiDocument, text: string): [string, Row[]][] {
  const wanted = text.trim().toLowerCase();
  const groups = new Map<string, Row[]>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const said = `${method} ${path} ${operation.summary} ${operation.description ?? ""}`.toLowerCase();
      if (!said.includes(wanted)) continue;
      const tag = operation.tags[0] ?? "other";
      groups.set(tag, [...(groups.get(tag) ?? []), { method: method.toUpperCase(), path, operation }]);
    }
  }
  return [...groups];
}

/** A type in one line: "Interview[]", "string (date-time) or null". */
export function typeWords(schema: Schema): string {
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.anyOf) return schema.anyOf.map(typeWords).join(" or ");
  if (schema.type === "array") return `${schema.items ? typeWords(schema.items) : "any"}[]`;
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  return schema.format ? `${schema.type} (${schema.format})` : (schema.type ?? "any");
}

export function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}

/** The schemas that a type is made of, in the order in which they are met, each once. */
export function partsOf(document: ApiDocument, schema: Schema | undefined, met = new Map<string, Schema>()) {
  if (!schema) return met;
  if (schema.$ref) {
    const name = nameOf(schema.$ref);
    const found = document.components.schemas[name];
    if (found && !met.has(name)) {
      met.set(name, found);
      partsOf(document, found, met);
    }
  }
  for (const inner of [schema.items, ...(schema.anyOf ?? []), ...Object.values(schema.properties ?? {})]) {
    partsOf(document, inner, met);
  }
  return met;
}

/** The scope that a key needs, or null where no key is let in. */
export function scopeOf({ method, operation }: Row): string | null {
  if (!operation.security?.some((each) => "ApiKey" in each)) return null;
  const tag = operation.tags[0];
  return `${tag === "files" ? "interviews" : tag}:${method === "GET" ? "read" : "write"}`;
}
