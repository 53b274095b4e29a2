/** Where lines are shown. */
export interface Place {
  /** How the program is called where it was started. */
  program: string;
  /** Columns that a line may take. */
  columns: number;
}
