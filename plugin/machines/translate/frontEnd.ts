import type { Translation } from "./translation.js";

/** Where an instruction leads. Places are numbers of instructions. */
export type Flow =
  /** To the one behind it. */
  | { readonly kind: "next" }
  /** To a target or to the one behind it: `emit` leaves the condition. */
  | { readonly kind: "branch"; readonly target: number }
  /** @property returns Whether the one behind it is come back to. */
  | { readonly kind: "jump"; readonly target: number; readonly returns: boolean }
  /** Wherever `emit` says, which leaves four times the place. */
  | { readonly kind: "indirect"; readonly returns: boolean }
  /** To one of these, the last if the number that `emit` leaves is none of them. */
  | { readonly kind: "switch"; readonly targets: readonly number[] }
  /** Nowhere: the stepper does it. */
  | { readonly kind: "outside" };

/** An instruction, or several that are translated as one. */
export interface Unit {
  readonly place: number;
  /** Places that it takes, each a step. */
  readonly length: number;
  readonly flow: Flow;
}

/** Something of a machine's state that translated code holds in a local while it runs. */
export interface Held {
  /** Address in the second memory, from the value of register `base` on if there is one. */
  readonly address: number;
  readonly wide: boolean;
  readonly base?: number;
}

/** What the translator knows of an instruction set: the units of a program, and the code of each. */
export interface FrontEnd<U extends Unit = Unit> {
  /** The most places of a region, and so the most steps from one look at the fuel to the next. */
  readonly reach: number;
  /**
   * Whether registers are others elsewhere: locals are brought back and taken anew wherever control goes by a place that was computed, and a
   * region ends where its function does.
   */
  readonly framed: boolean;
  /** The register that is always zero, if there is one. */
  readonly zero?: number;
  /** Whether what is there does nothing and may only stand between functions. */
  isPadding(place: number): boolean;
  /** Where the region of a place begins. */
  regionStart(place: number): number;
  /** The unit at a place; undefined where there is none. */
  unit(place: number): U | undefined;
  /** What a register is; called once for each that a region touches. */
  held(register: number): Held;
  /** The code of a unit that is not "outside", before control goes where its flow leads. */
  emit(unit: U, translation: Translation): void;
}
