import { FurzeError, InvalidArgumentError, type Item, type JsonValue, type User } from "@furze/core";
import { Template } from "@huggingface/jinja";

/** Characters of one text that a template makes; what is longer is cut, since no model reads it. */
const MAX_LENGTH = 100_000;

/** A Jinja template that turns a user or an item into text for a language model. */
export class PromptTemplate {
  readonly #template: Template;
  readonly #path: string;

  /**
   * @param path names the option in errors
   * @throws {InvalidArgumentError} for text that is no template
   */
  constructor(path: string, text: string) {
    this.#path = path;
    try {
      this.#template = new Template(text);
    } catch (cause) {
      // The parser runs past the end of an unfinished template.
      const reason = cause instanceof TypeError ? "it ends too early" : (cause as Error).message;
      throw new InvalidArgumentError(path, `${path} is no Jinja template: ${reason}`, { cause });
    }
  }

  /** @throws {FurzeError} INVALID_ARGUMENT when the template asks for what is not there, such as an unknown filter */
  render(variables: Readonly<Record<string, JsonValue>>): string {
    try {
      return this.#template.render(variables).slice(0, MAX_LENGTH);
    } catch (cause) {
      throw new FurzeError("INVALID_ARGUMENT", `${this.#path} cannot be filled in: ${(cause as Error).message}`, { cause });
    }
  }
}

/** A user as templates see him. */
export function userVariable({ userId, labels, comment }: User): JsonValue {
  return { UserId: userId, Labels: labels, Comment: comment };
}

/** An item as templates see it. */
export function itemVariable(item: Item): Readonly<Record<string, JsonValue>> {
  return {
    ...{ ItemId: item.itemId, IsHidden: item.isHidden, Categories: item.categories },
    ...{ Timestamp: new Date(item.timestampMs).toISOString(), Labels: item.labels, Comment: item.comment },
  };
}
