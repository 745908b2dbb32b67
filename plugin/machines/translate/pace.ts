/** When a machine runs by translated code: what is tested and measured alone is forced. */
export type Pace =
  /** Once it has made so many steps that it pays. */
  "when it pays" | "at once" | "never";

/** Steps that a machine makes by its stepper before it is translated. */
export const STEPS_BEFORE = 2 ** 20;

/** How often a place is come to before it is translated. */
export const PATIENCE: Readonly<Record<Pace, number>> = { "when it pays": 2, "at once": 0, never: Infinity };
