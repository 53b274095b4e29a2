/** What a process says to the one that asked it. */
export type Said<Answer> =
  | { kind: "answered"; answer: Answer }
  /** Its code threw this, in its work or beside it. */
  | { kind: "failed"; message: string; stack: string };
