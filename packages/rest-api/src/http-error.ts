/** An answer other than 200, thrown anywhere below a route; `message` is the body. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "HttpError";
    this.status = status;
  }
}

/** 400 with the text. */
export function badRequest(message: string): HttpError {
  return new HttpError(400, message);
}
