/** A promise that was not kept. */
export interface Violation {
  /** Which promise: violations of one kind are the same defect for all that a search knows. */
  readonly kind: /** A write of the library or a repair made a name wrong that was right. */
    | "made-drift"
    /** A name is wrong in the end, or after a pass that did not say so. */
    | "left-drift"
    /** A write took effect twice, out of turn, or not as its caller was told. */
    | "lost-write"
    /** A call or a pass failed with what must not fail it, or for a reason that is not so. */
    | "unexplained-error"
    /** A pass counts what is not there. */
    | "misreported"
    | "cost"
    /** A pass found what was never wrong, or another pass that never was. */
    | "false-alarm"
    /** Something does not end. */
    | "stuck";
  readonly problem: string;
}

/** Notes a violation. */
export type Complain = (kind: Violation["kind"], problem: string) => void;
