/** What the server answers to one statement: rows, or what a write has done. */
export type StatementAnswer = readonly (readonly unknown[])[] | { readonly affectedRows: number };

/** Sends texts of statements as one message. @returns their answers; a failure means that those behind the failed one have not run */
export type SendStatements = (texts: readonly string[]) => Promise<readonly StatementAnswer[]>;

interface Waiting {
  readonly text: string;
  readonly resolve: (answer: StatementAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** Characters of one message, unless its first statement alone has more: 3 MB when all take three bytes, below any limit in use. */
const MAX_MESSAGE_SIZE = 1_000_000;
/** From so many characters on, a statement waits for no others: its caller may be about to prepare the next one. */
const LARGE_SIZE = 16_384;

/**
 * Statements of one connection, in the order of their calls. Those of one turn go over as one message, which the server leaves off at
 * the first failure. Inside of a transaction nothing but ROLLBACK is sent after a failure: a deadlock has ended the transaction, and what
 * follows would be stored by itself. So a caller need not wait for an answer before the next statement, COMMIT included.
 */
export class StatementQueue {
  readonly #send: SendStatements;
  #waiting: Waiting[] = [];
  #isScheduled = false;
  #isSending = false;
  #isInTransaction = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(send: SendStatements) {
    this.#send = send;
  }

  run(text: string): Promise<StatementAnswer> {
    if (text === "BEGIN") this.#isInTransaction = true;
    if (text === "ROLLBACK") this.#endTransaction();
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    const { promise, resolve, reject } = Promise.withResolvers<StatementAnswer>();
    this.#waiting.push({ text, resolve, reject });
    if (this.#isSending) return promise;
    if (text.length >= LARGE_SIZE) void this.#sendWaiting();
    else this.#schedule();
    return promise;
  }

  /** What has not been sent yet need not be. */
  #endTransaction(): void {
    const unsent = this.#waiting;
    this.#waiting = [];
    const error = new Error("The transaction has been rolled back.");
    for (const { reject } of unsent) reject(error);
    this.#isInTransaction = false;
    this.#failure = undefined;
  }

  /** For when no promise of this turn has anything left to do. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const send = () => {
      this.#isScheduled = false;
      if (!this.#isSending) void this.#sendWaiting();
    };
    void Promise.resolve().then(() => process.nextTick(send));
  }

  async #sendWaiting(): Promise<void> {
    this.#isSending = true;
    for (let message = this.#takeMessage(); message.length > 0; message = this.#takeMessage()) {
      try {
        const answers = await this.#send(message.map(({ text }) => text));
        if (message.at(-1)?.text === "COMMIT") this.#isInTransaction = false;
        for (const [place, { resolve }] of message.entries()) resolve(answers[place] ?? { affectedRows: 0 });
      } catch (error) {
        for (const { reject } of message) reject(error);
        this.#stopTransaction(error);
      }
    }
    this.#isSending = false;
  }

  #stopTransaction(error: unknown): void {
    if (!this.#isInTransaction) return;
    this.#failure = { error };
    for (const { reject } of this.#waiting) reject(error);
    this.#waiting = [];
  }

  #takeMessage(): readonly Waiting[] {
    let size = 0;
    const end = this.#waiting.findIndex(({ text }, place) => {
      size += text.length;
      return place > 0 && size > MAX_MESSAGE_SIZE;
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }
}
