/** Why a stepper stopped. */
export const Exit = {
  /** All steps that were asked for are done. */
  steps: 0,
  /** The guest waits for an input; the step is done. */
  returned: 1,
  /** The last step trapped and changed nothing. */
  trapped: 2,
  /** The next instruction needs more than the stepper has, and is not done. */
  host: 3,
} as const;

/** What a stepper tells beside the number of steps. */
export interface StepperResult {
  exit: number;
  trap: number;
}
