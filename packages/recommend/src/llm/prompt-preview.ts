import { type CallOptions, type Clock, type FeedbackRoles, feedbackRole, NotFoundError, type UserId } from "@furze/core";
import type { DataStore } from "@furze/storage";
import { itemVariable, PromptTemplate, userVariable } from "./prompt-template.ts";

export interface PromptPreviewDependencies {
  readonly dataStore: DataStore;
  readonly roles: FeedbackRoles;
  readonly clock: Clock;
}

/** What stands for all in a preview: so many liked items of the user, and so many documents. */
const LIKED_ITEMS = 10;
const DOCUMENTS = 100;

/**
 * What the ranker `llm` would send with these templates: the query about a user with the newest items that he likes, and a document for each of
 * the newest items.
 *
 * @throws {NotFoundError} when there is no such user
 * @throws {InvalidArgumentError} for text that is no template
 * @throws {FurzeError} INVALID_ARGUMENT when a template asks for what is not there
 */
export async function previewPrompt(
  { dataStore, roles, clock }: PromptPreviewDependencies,
  templates: { readonly query: string; readonly document: string },
  userId: UserId,
  { signal }: CallOptions = {},
): Promise<{ readonly query: string; readonly documents: readonly string[] }> {
  const query = new PromptTemplate("query_template", templates.query);
  const document = new PromptTemplate("document_template", templates.document);
  const [[user], [rows = []], newest] = await Promise.all([
    dataStore.users.get([userId], { signal }),
    dataStore.feedback.ofUsers([userId], { untilMs: clock.now(), signal }),
    dataStore.items.latest({ limit: DOCUMENTS, signal }),
  ]);
  if (user === undefined) throw new NotFoundError("user", userId);
  const liked = rows.filter((row) => feedbackRole(roles, row) === "positive").slice(0, LIKED_ITEMS);
  const ids = liked.map(({ itemId }) => itemId);
  const items = await dataStore.items.get(ids, { signal });
  const feedback = liked.flatMap(({ feedbackType }, place) => {
    const item = items[place];
    return item === undefined ? [] : [{ FeedbackType: feedbackType, ...itemVariable(item) }];
  });
  return {
    query: query.render({ user: userVariable(user), feedback }),
    documents: newest.map((item) => document.render({ item: itemVariable(item) })),
  };
}
