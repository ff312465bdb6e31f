// Writes the text of a client for an OpenAPI document: a type for each schema and a method for each operation that has a name.

const HEADER = `// Generated from the OpenAPI document of @furze/rest-api by "pnpm generate". Do not edit.

/** One call of the API, as a method describes it. */
export interface ApiCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path with everything filled in and escaped. */
  readonly path: string;
  /** Query parameters by their names on the wire. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
}

export type QueryValue = string | number | boolean | readonly string[] | undefined;

export interface CallOptions {
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined;
}
`;

const CLASS = `
/** The operations of the API; how calls travel is up to the class that extends it. */
export abstract class Operations {
  /** Makes a call and gives its answer. */
  protected abstract send<Answer>(call: ApiCall, options: CallOptions | undefined): Promise<Answer>;

  /** A part of a path. */
  protected abstract escape(part: string): string;
`;

/** Files that stream in and out are for programs of their own: a method would hold them in memory. */
const isJson = ({ requestBody, responses }) =>
  [requestBody, responses[200]].every((part) => part === undefined || part.content["application/json"] !== undefined);

/** @returns TypeScript text */
export function writeClient(document) {
  const operations = Object.entries(document.paths)
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })))
    .filter((operation) => operation.operationId !== undefined && isJson(operation));
  const schemas = Object.entries(document.components.schemas);
  return [
    HEADER,
    ...schemas.map(([name, schema]) => writeSchema(name, schema)),
    ...operations.map(writeQueryType).filter((text) => text !== ""),
    CLASS,
    operations.map(writeMethod).join("\n"),
    "}\n",
  ].join("\n");
}

function writeSchema(name, schema) {
  const about = comment(schema.description, "");
  if (schema.properties === undefined) return `${about}export type ${name} = ${typeOf(schema)};\n`;
  return `${about}export interface ${name} {\n${members(schema, "  ")}\n}\n`;
}

function members({ properties, required = [] }, indent) {
  const lines = Object.entries(properties).map(([name, schema]) => {
    const isRequired = required.includes(name);
    const type = typeOf(schema) + (isRequired ? "" : " | undefined");
    return `${comment(schema.description, indent)}${indent}readonly ${name}${isRequired ? "" : "?"}: ${type};`;
  });
  return lines.join("\n");
}

/** The TypeScript type of a JSON schema. */
function typeOf(schema) {
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1);
  if (schema.allOf !== undefined) return schema.allOf.map((part) => wrapped(typeOf(part))).join(" & ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(typeOf))].join(" | ");
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(" | ");
  if (schema.type === "array") return `readonly ${wrapped(typeOf(schema.items))}[]`;
  if (schema.type === "object" && schema.properties !== undefined)
    return `{ ${members(schema, " ").replace(/\s+/g, " ").trim()} }`;
  if (schema.type === "object") return `{ readonly [name: string]: ${typeOf(schema.additionalProperties ?? {})} }`;
  return { integer: "number", number: "number", string: "string", boolean: "boolean", null: "null" }[schema.type] ?? "unknown";
}

const wrapped = (type) => (type.includes(" ") ? `(${type})` : type);

// Headers are left out: the only one asks for less than a query parameter does.
const queryOf = ({ parameters = [] }) => parameters.filter((parameter) => parameter.in === "query");
const queryTypeName = ({ operationId }) => `${operationId[0].toUpperCase()}${operationId.slice(1)}Query`;

function writeQueryType(operation) {
  const query = queryOf(operation);
  if (query.length === 0) return "";
  const lines = query.map(({ name, schema, description }) => {
    const type = isFlag(schema) ? "boolean" : typeOf(schema);
    return `${comment(description, "  ")}  readonly ${camelCase(name)}?: ${type} | undefined;`;
  });
  return `/** Query of \`${operation.operationId}\`. */\nexport interface ${queryTypeName(operation)} {\n${lines.join("\n")}\n}\n`;
}

const isFlag = (schema) => schema.enum?.join() === "true,false";
const camelCase = (name) => name.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase());

function writeMethod(operation) {
  const { path, method, operationId, summary, requestBody, responses } = operation;
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
  const query = queryOf(operation);
  const parameters = [
    ...names.map((name) => `${camelCase(name)}: string`),
    ...(requestBody === undefined ? [] : [`body: ${typeOf(jsonOf(requestBody))}`]),
    ...(query.length === 0 ? [] : [`query: ${queryTypeName(operation)} = {}`]),
    "options?: CallOptions",
  ];
  const address = names.reduce((text, name) => text.replace(`{${name}}`, `\${this.escape(${camelCase(name)})}`), path);
  const call = [
    `method: "${method.toUpperCase()}"`,
    `path: ${names.length === 0 ? `"${path}"` : `\`${address}\``}`,
    ...(query.length === 0 ? [] : [`query: { ${query.map(writeQueryValue).join(", ")} }`]),
    ...(requestBody === undefined ? [] : ["body"]),
  ];
  const answer = typeOf(jsonOf(responses[200]));
  const failures = Object.keys(responses).filter((status) => status !== "200");
  return `
  /**
   * ${summary}: \`${method.toUpperCase()} ${path}\`.
   *
   * @throws {FurzeClientError} ${failures.length === 0 ? "when the server cannot be reached" : `with status ${failures.join(", ")}`}
   */
  ${operationId}(${parameters.join(", ")}): Promise<${answer}> {
    return this.send({ ${call.join(", ")} }, options);
  }`;
}

const jsonOf = ({ content }) => content["application/json"].schema;

function writeQueryValue({ name }) {
  const property = camelCase(name);
  return property === name ? `${name}: query.${name}` : `"${name}": query.${property}`;
}

function comment(text, indent) {
  return text === undefined ? "" : `${indent}/** ${text} */\n`;
}
