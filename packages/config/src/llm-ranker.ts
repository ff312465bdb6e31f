import { FurzeError } from "@furze/core";
import { PromptTemplate } from "@furze/recommend/prompt-template";
import { duration, integer, type LeafOptions, leaf, ValueError } from "./leaves.ts";
import { type Field, type LeafField, type Section, section, table } from "./section.ts";
import { optionalText, textOf } from "./text-leaves.ts";
import type { RankerConfig, RerankerApiConfig } from "./types.ts";

/** Jinja template that must parse; an empty one stands for none. */
function template(key: string, options: LeafOptions): LeafField<string> {
  const parse = (value: unknown): string => {
    const text = value === undefined ? "" : textOf(key, value);
    try {
      if (text !== "") new PromptTemplate(key, text);
    } catch (error) {
      if (!FurzeError.is(error)) throw error;
      throw new ValueError(error.message, { cause: error });
    }
    return text;
  };
  return leaf(key, "string", options, parse, (value) => value);
}

const rerankerApi: Section<RerankerApiConfig> = section<RerankerApiConfig>({
  url: optionalText("url", {
    description: "Where the ranker llm sends texts: a server of Jina's reranker protocol, with its path.",
  }),
  model: optionalText("model", { description: "Model that the server is to use." }),
  authToken: optionalText("auth_token", { description: "Key of the server.", isSecret: true }),
  timeoutMs: duration("timeout", { description: "Longest time of one request.", default: "30s", minimum: 1 }),
  requestsPerMinute: integer("requests_per_minute", {
    description: "Requests of one worker in a minute at most, evenly spread; 0 is no bound.",
    default: 0,
    minimum: 0,
  }),
});

/** Keys of the ranker that asks a language model. */
export const llmRankerKeys: {
  readonly queryTemplate: LeafField<string>;
  readonly documentTemplate: LeafField<string>;
  readonly rerankerApi: Field<RankerConfig["rerankerApi"]>;
} = {
  queryTemplate: template("query_template", {
    description: "Jinja template of what the ranker llm asks for, over `user` and `feedback`, the newest liked items.",
    default: "",
  }),
  documentTemplate: template("document_template", {
    description: "Jinja template of a candidate for the ranker llm, over `item`.",
    default: "",
  }),
  rerankerApi: table("reranker_api", rerankerApi),
};
