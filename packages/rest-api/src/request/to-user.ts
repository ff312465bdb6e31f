import type { User } from "@furze/core";
import type { ApiContext } from "../options.ts";
import { checkRowLimits } from "../quota/row-limits.ts";
import type { UserBody } from "../schemas.ts";

/** The record of a checked body. @throws {HttpError} 400 for labels that the dialect does not know, 429 for a row beyond a quota */
export function toUser(body: UserBody, { dialect, quotas }: ApiContext): User {
  const user = { userId: body.UserId, labels: body.Labels ?? null, comment: body.Comment ?? "" };
  dialect.checkLabels(user.labels, "User");
  checkRowLimits(user, quotas.limits);
  return user;
}
