import { showType, type FunctionBody, type FunctionType } from "../module.js";
import { unsignedLeb } from "./rewrite.js";

const CALL = 0x10;

/** A function that lowering adds to a module. */
export interface AppendedFunction {
  readonly type: FunctionType;
  readonly body: FunctionBody;
}

/** Of a module: what functions are appended to. */
interface Functions {
  readonly types: readonly FunctionType[];
  readonly functions: readonly number[];
  readonly bodies: readonly FunctionBody[];
}

/** Functions that stand for instructions, each added when it is first called. */
export class InstructionFunctions {
  private readonly indices = new Map<string, number>();
  private readonly added: AppendedFunction[] = [];

  /** @param first The index in the module of the first function that is added. */
  constructor(private readonly first: number) {}

  /** A call of the function of that name, which is made if it is not there. */
  call(name: string, make: () => AppendedFunction): number[] {
    let index = this.indices.get(name);
    if (index === undefined) {
      index = this.first + this.added.length;
      this.indices.set(name, index);
      this.added.push(make());
    }
    return [CALL, ...unsignedLeb(index)];
  }

  get functions(): readonly AppendedFunction[] {
    return this.added;
  }
}

/** Appends functions behind the module's own, and their types where it has no equal ones. */
export function appendFunctions<M extends Functions>(module: M, added: readonly AppendedFunction[]): M {
  const types = [...module.types];
  const shown = new Map(types.map((type, index) => [type.declared === undefined ? showType(type) : "", index]));
  const typeIndex = (type: FunctionType): number => {
    const index = shown.get(showType(type)) ?? types.push(type) - 1;
    shown.set(showType(type), index);
    return index;
  };
  const functions = [...module.functions, ...added.map(({ type }) => typeIndex(type))];
  return { ...module, types, functions, bodies: [...module.bodies, ...added.map(({ body }) => body)] };
}
