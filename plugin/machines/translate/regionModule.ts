import { Code, W } from "./code.js";

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const FUNCTION_TYPE = [0x60, 1, 0x7f, 0];
const FUNCREF = 0x70;

/** A module of regions' functions, which take their places in the table from `first` on when it is instantiated. */
export function regionModule(bodies: readonly Code[], first: number): Uint8Array {
  const module = new Code();
  module.op(...MAGIC);
  section(module, 1, (code) => code.op(1, ...FUNCTION_TYPE));
  section(module, 2, imports);
  section(module, 3, (code) => {
    code.unsigned(bodies.length);
    for (const _ of bodies) code.op(0);
  });
  section(module, 9, (code) => {
    code.op(1, 0, 0x41);
    code.signed(first);
    code.op(W.end);
    code.unsigned(bodies.length);
    for (const index of bodies.keys()) code.unsigned(index);
  });
  section(module, 10, (code) => {
    code.unsigned(bodies.length);
    for (const body of bodies) code.sized(body);
  });
  return module.view().slice();
}

/** A module whose `enter(entry, function)` calls a function of the table. */
export function enteringModule(): Uint8Array {
  const module = new Code();
  module.op(...MAGIC);
  section(module, 1, (code) => code.op(2, ...FUNCTION_TYPE, 0x60, 2, 0x7f, 0x7f, 0));
  section(module, 2, imports);
  section(module, 3, (code) => code.op(1, 1));
  section(module, 7, (code) => {
    code.op(1);
    code.text("enter");
    code.op(0, 0);
  });
  section(module, 10, (code) => {
    const body = new Code();
    body.op(0);
    body.get(0);
    body.get(1);
    body.op(W.returnCallIndirect, 0, 0, W.end);
    code.op(1);
    code.sized(body);
  });
  return module.view().slice();
}

function imports(code: Code): void {
  code.op(3);
  item(code, "guest", 2);
  code.op(0, 0);
  item(code, "state", 2);
  code.op(0, 0);
  item(code, "regions", 1);
  code.op(FUNCREF, 0, 0);
}

function item(code: Code, name: string, kind: number): void {
  code.text("");
  code.text(name);
  code.op(kind);
}

function section(module: Code, kind: number, write: (content: Code) => void): void {
  const content = new Code();
  write(content);
  module.op(kind);
  module.sized(content);
}
