import type { ReferenceType, ValueType } from "../../../../plugin/machines/wasm/module.js";

/** An exported function of the subject, which is one instruction. */
export interface Operation {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly result?: ValueType;
  readonly text: string;
}

/** Tables by name. The first two hold functions; `fixed` cannot grow, `foreign` holds anything and has no maximum. */
export const TABLES: Readonly<Record<string, ReferenceType>> = {
  growing: "funcref",
  fixed: "funcref",
  foreign: "externref",
};

const NUMBERS = ["i32", "i32", "i32"] as const;

function onTable(table: string, type: ReferenceType): Operation[] {
  return [
    { name: `get ${table}`, parameters: ["i32"], result: type, text: `table.get $${table}` },
    { name: `set ${table}`, parameters: ["i32", type], text: `table.set $${table}` },
    { name: `size ${table}`, parameters: [], result: "i32", text: `table.size $${table}` },
    { name: `fill ${table}`, parameters: ["i32", type, "i32"], text: `table.fill $${table}` },
  ];
}

const grow = (table: string, type: ReferenceType): Operation => ({
  name: `grow ${table}`,
  parameters: [type, "i32"],
  result: "i32",
  text: `table.grow $${table}`,
});

const copy = (to: string, from: string): Operation => ({
  name: `copy ${to} ${from}`,
  parameters: NUMBERS,
  text: `table.copy $${to} $${from}`,
});

const init = (table: string, segment: string): Operation => ({
  name: `init ${table} ${segment}`,
  parameters: NUMBERS,
  text: `table.init $${table} $${segment}`,
});

const calls = Object.entries({ nothing: "$nothing", number: "$number" }).flatMap(([type, name]) =>
  ["growing", "fixed"].map((table): Operation => ({
    name: `call ${table} ${type}`,
    parameters: ["i32"],
    ...(type === "number" && { result: "i32" as const }),
    text: `call_indirect $${table} (type ${name})`,
  })),
);

/** Every instruction on tables, segments and ranges of memory, once for each kind of table and segment. */
export const OPERATIONS: readonly Operation[] = [
  ...Object.entries(TABLES).flatMap(([table, type]) => onTable(table, type)),
  ...calls,
  grow("growing", "funcref"),
  grow("foreign", "externref"),
  ...["growing growing", "fixed fixed", "growing fixed", "fixed growing", "foreign foreign"].map((pair) => {
    const [to, from] = pair.split(" ");
    return copy(to, from);
  }),
  ...["functions", "expressions", "active"].flatMap((segment) => [
    init("growing", segment),
    init("fixed", segment),
    { name: `drop ${segment}`, parameters: [], text: `elem.drop $${segment}` },
  ]),
  ...["bytes", "kept", "placed"].map((segment) => ({
    name: `init memory ${segment}`,
    parameters: NUMBERS,
    text: `memory.init $${segment}`,
  })),
  { name: "drop bytes", parameters: [], text: "data.drop $bytes" },
  { name: "drop placed", parameters: [], text: "data.drop $placed" },
  { name: "copy memory", parameters: NUMBERS, text: "memory.copy" },
  { name: "fill memory", parameters: NUMBERS, text: "memory.fill" },
  { name: "grow memory", parameters: ["i32"], result: "i32", text: "memory.grow" },
  { name: "is null", parameters: ["funcref"], result: "i32", text: "ref.is_null" },
  { name: "swap global", parameters: ["funcref"], result: "funcref", text: "" },
];

/** Functions that may stand in tables, exported as `f0`, `f1`, ... */
export const FUNCTIONS = 5;

const DATA = Array.from(
  { length: 43 },
  (_, index) => `\\${((index * 37 + 1) & 0xff).toString(16).padStart(2, "0")}`,
).join("");

/** The module's fields: tables, segments, functions, and an exported function for each operation. */
export const FIELDS = `
  (type $nothing (func)) (type $number (func (result i32)))
  (memory (export "memory") 1 3)
  (table $growing (export "growing") 6 13 funcref)
  (table $fixed (export "fixed") 9 20 funcref)
  (table $foreign (export "foreign") 3 externref)
  (global $kept (mut funcref) (ref.func $f2))
  (elem $active (table $growing) (i32.const 2) func $f1 $f0)
  (elem $more (table $fixed) (i32.const 7) funcref (ref.func $f3) (ref.null func))
  (elem $functions func $f0 $f1 $f2 $f3 $f4)
  (elem $expressions funcref (ref.func $f4) (ref.null func) (ref.func $f0))
  (data $placed (i32.const 65530) "\\01\\02\\03\\04\\05\\06")
  (data $bytes "${DATA}")
  (data $kept "kept for good")
  (func $f0 (export "f0") (type $nothing))
  (func $f1 (export "f1") (type $number) (i32.const 11))
  (func $f2 (export "f2") (type $number) (i32.const 22))
  (func $f3 (export "f3") (type $nothing) (unreachable))
  (func $f4 (export "f4") (param i64) (result i64) (local.get 0))
  ${OPERATIONS.map(exported).join("\n")}`;

function exported({ name, parameters, result, text }: Operation): string {
  const signature = [...parameters.map((type) => `(param ${type})`), ...(result ? [`(result ${result})`] : [])].join(
    " ",
  );
  const operands = parameters.map((_, index) => `(local.get ${index})`).join(" ");
  const body = name === "swap global" ? "(global.get $kept) (global.set $kept (local.get 0))" : `(${text} ${operands})`;
  return `(func $"${name}" (export "${name}") ${signature} ${body})`;
}

/** A null, the functions, and nulls. */
const POOL = 8;

/**
 * As `FIELDS`, with a handler that does the operation of each of an input's words: four numbers of 32 bits, lowest byte first, the operation's
 * place in the list and its arguments. Functions are taken from a table, whatever is foreign is null; results are folded into a global.
 */
export const HANDLED_FIELDS = `
  (import "rollup" "input_word" (func $input_word (param i32 i32)))
  ${FIELDS}
  (type $operation (func (param i32 i32 i32)))
  (global $sum (mut i32) (i32.const 0))
  (table $pool ${POOL} ${POOL} funcref)
  (elem (table $pool) (i32.const 1) func $f0 $f1 $f2 $f3 $f4)
  (table $operations ${OPERATIONS.length} ${OPERATIONS.length} funcref)
  (elem (table $operations) (i32.const 0) func ${OPERATIONS.map((_, index) => `$w${index}`).join(" ")})
  (func $fold (param i32) (global.set $sum (i32.add (i32.mul (global.get $sum) (i32.const 31)) (local.get 0))))
  ${OPERATIONS.map(wrapped).join("\n")}
  (func (export "handle") (local $index i32)
    (call $input_word (i32.const 5) (i32.const 1024))
    (loop $next
      (call $input_word (i32.add (local.get $index) (i32.const 8)) (i32.const 1056))
      (call_indirect $operations (type $operation) (i32.load (i32.const 1060)) (i32.load (i32.const 1064))
        (i32.load (i32.const 1068)) (i32.load (i32.const 1056)))
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br_if $next (i32.lt_u (i32.mul (local.get $index) (i32.const 32))
        (i32.or (i32.shl (i32.load8_u (i32.const 1054)) (i32.const 8)) (i32.load8_u (i32.const 1055)))))))`;

function wrapped({ name, parameters, result }: Operation, index: number): string {
  const operand = (type: ValueType, local: number): string => {
    if (type === "externref") return "(ref.null extern)";
    return type === "i32"
      ? `(local.get ${local})`
      : `(table.get $pool (i32.and (local.get ${local}) (i32.const ${POOL - 1})))`;
  };
  const call = `(call $"${name}" ${parameters.map(operand).join(" ")})`;
  const body = result === undefined ? call : `(call $fold ${result === "i32" ? call : `(ref.is_null ${call})`})`;
  return `(func $w${index} (type $operation) ${body})`;
}
