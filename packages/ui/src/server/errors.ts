/** A request that the page's server does not carry out, and why, in a sentence that a user can act on. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  /** The status of the answer. */
  readonly status: 400 | 403 | 404 | 409 | 413;

  constructor(status: RequestError["status"], message: string) {
    super(message);
    this.status = status;
  }
}

/** Every port that may be taken is in use. */
export class PagePortError extends Error {
  override readonly name = "PagePortError";
  readonly port: number;

  constructor(port: number, cause: unknown) {
    super(`Port ${port} is in use by another program: choose another with --ui-port, or leave it out.`, { cause });
    this.port = port;
  }
}
