import { emitRegion } from "./regionEmitter.js";
import { regionModule } from "./regionModule.js";

let known: boolean | undefined;

/** Whether this engine has what translated code needs: several memories, calls in place of returns. */
export function canTranslate(): boolean {
  known ??= WebAssembly.validate(smallest());
  return known;
}

/** A module with one region, which only asks for the stepper. */
function smallest(): Uint8Array {
  const unit = { place: 0, length: 1, flow: { kind: "outside" } } as const;
  const frontEnd = {
    ...{ reach: 1, framed: false, isPadding: () => false, regionStart: (place: number) => place },
    ...{ unit: () => unit, held: () => ({ address: 0, wide: false }), emit: () => undefined },
  };
  const plan = { blocks: [{ units: [unit], end: 1 }], numbers: new Map([[0, 0]]), entries: [0] };
  return regionModule([emitRegion(frontEnd, plan, 1).body], 1);
}
