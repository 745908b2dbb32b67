import type { CoreModule } from "../coreModule.js";
import type { FunctionBody, FunctionType, ValueType } from "../module.js";
import { PREFIX } from "../opcodes.js";
import type { Reader } from "../reader.js";
import type { RegionDeclaration } from "../regions.js";
import { appendFunctions, InstructionFunctions } from "./appended.js";
import type { BoundModule } from "./imports.js";
import { applySegments, type Failure } from "./instantiate.js";
import { memoryCopy, memoryFill, memoryInit } from "./memoryFunctions.js";
import { RegionPlan } from "./regionPlan.js";
import { rewriteBody, signedLeb, unsignedLeb } from "./rewrite.js";
import { tableCopy, tableFill, tableGet, tableGrow, tableInit, tableSet } from "./tableFunctions.js";
import { usageOf } from "./usage.js";

const [I64, I32_CONST, I64_CONST, I64_EQZ, SELECT, GLOBAL_GET, GLOBAL_SET] = [0x7e, 0x41, 0x42, 0x50, 0x1b, 0x23, 0x24];

/** Types of blocks as signed numbers: funcref and externref. */
const REFERENCE_BLOCKS: ReadonlySet<bigint> = new Set([-16n, -17n]);

/** A module of functions, globals, one memory and regions. */
export interface ModuleWithRegions {
  readonly module: CoreModule;
  /** The tables', by their index, then those of segments that code reads. */
  readonly regions: readonly RegionDeclaration[];
  /** By element segment: its region, if code reads it. */
  readonly elementRegions: readonly (number | undefined)[];
  /** Why it cannot be instantiated; what comes before that is done. */
  readonly failure: Failure | undefined;
}

/**
 * Turns references into numbers of 64 bits that are 0 for null, tables and the segments that code reads into regions of such numbers,
 * and instructions on tables, segments and ranges of memory into calls of functions that are added to the module. All of these
 * check their ranges before they change anything.
 */
export function lowerTables(bound: BoundModule): ModuleWithRegions {
  const { types, imports, functions, memory, exports, start } = bound;
  const contents = applySegments(bound);
  const plan = new RegionPlan(bound, usageOf(bound.bodies), contents.tables);
  const added = new InstructionFunctions(imports.length + functions.length);
  const lowering = new InstructionLowering(plan, added);
  const core = {
    ...{ imports, functions, memory, exports, start, data: contents.data },
    types: types.map(lowerType),
    globals: plan.globals.map((global) => ({ ...global, type: integerOf(global.type) })),
    bodies: bound.bodies.map((body) => lowerBody(body, lowering)),
  };
  return {
    module: appendFunctions(core, added.functions),
    regions: plan.regions,
    elementRegions: plan.elements.map(({ region }) => region),
    failure: contents.failure,
  };
}

function isReference(type: ValueType): boolean {
  return type === "funcref" || type === "externref";
}

function integerOf(type: ValueType): ValueType {
  return isReference(type) ? "i64" : type;
}

/** The type in integers. It stays another type than one that was declared with them. */
function lowerType(type: FunctionType): FunctionType {
  if (![...type.parameters, ...type.results].some(isReference)) return type;
  const [parameters, results] = [type.parameters.map(integerOf), type.results.map(integerOf)];
  return { parameters, results, declared: type.declared ?? type };
}

function lowerBody(body: FunctionBody, lowering: InstructionLowering): FunctionBody {
  const lowered = rewriteBody(body, (opcode, reader) => lowering.instruction(opcode, reader));
  return body.locals.some(isReference) ? { ...lowered, locals: body.locals.map(integerOf) } : lowered;
}

class InstructionLowering {
  constructor(
    private readonly plan: RegionPlan,
    private readonly functions: InstructionFunctions,
  ) {}

  /** What stands for an instruction, undefined where it stays as it is; the reader is at its immediates. */
  instruction(opcode: number, reader: Reader): readonly number[] | undefined {
    switch (opcode) {
      case 0x02:
      case 0x03:
      case 0x04:
        return REFERENCE_BLOCKS.has(reader.signed()) ? [opcode, I64] : undefined;
      case 0x1c:
        return [SELECT];
      case 0x25:
      case 0x26:
        return this.access(opcode, reader.u32());
      case 0xd0:
        return [I64_CONST, 0];
      case 0xd1:
        return [I64_EQZ];
      case PREFIX.misc:
        return this.prefixed(reader.u32(), reader);
      default:
        return undefined;
    }
  }

  /** An index within the region of a table that cannot grow is one within the table. */
  private access(opcode: number, index: number): number[] | undefined {
    const table = this.plan.tables[index];
    if (table.sizeGlobal === undefined) return undefined;
    return opcode === 0x25
      ? this.functions.call(`table.get ${index}`, () => tableGet(table))
      : this.functions.call(`table.set ${index}`, () => tableSet(table));
  }

  private prefixed(second: number, reader: Reader): number[] | undefined {
    const { functions, plan } = this;
    if (second === PREFIX.memoryCopy) return functions.call("memory.copy", memoryCopy);
    if (second === PREFIX.memoryFill) return functions.call("memory.fill", memoryFill);
    if (second < PREFIX.memoryInit) return undefined;
    const index = reader.u32();
    if (second === PREFIX.memoryInit) {
      const { size, region } = plan.data[index];
      return functions.call(`memory.init ${index}`, () => memoryInit(size, region));
    }
    if (second === PREFIX.dataDrop) return drop(plan.data[index].sizeGlobal);
    if (second === PREFIX.elemDrop) return drop(plan.elements[index].sizeGlobal);
    return this.table(second, index, reader);
  }

  private table(second: number, index: number, reader: Reader): number[] {
    const { functions } = this;
    const { tables, elements } = this.plan;
    const name = `${second} ${index}`;
    if (second === PREFIX.tableInit) {
      const table = reader.u32();
      return functions.call(`${name} ${table}`, () => tableInit(tables[table], elements[index]));
    }
    if (second === PREFIX.tableCopy) {
      const from = reader.u32();
      return functions.call(`${name} ${from}`, () => tableCopy(tables[index], tables[from]));
    }
    const { sizeGlobal, capacity } = tables[index];
    if (second === PREFIX.tableFill) return functions.call(name, () => tableFill(tables[index]));
    if (second === PREFIX.tableGrow) return functions.call(name, () => tableGrow(tables[index], sizeGlobal!, capacity));
    if (sizeGlobal === undefined) return [I32_CONST, ...signedLeb(BigInt(capacity))];
    return [GLOBAL_GET, ...unsignedLeb(sizeGlobal)];
  }
}

/** Makes a segment one of no length, if that matters to anyone. */
function drop(sizeGlobal: number | undefined): number[] {
  return sizeGlobal === undefined ? [] : [I32_CONST, 0, GLOBAL_SET, ...unsignedLeb(sizeGlobal)];
}
