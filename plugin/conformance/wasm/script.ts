import { readFile } from "node:fs/promises";

/** A value as wast2json writes it. */
export interface ScriptValue {
  readonly type: string;
  /** The number's bits as an unsigned decimal number, a kind of NaN, `null`, or what an externref holds; absent: any reference. */
  readonly value?: string | readonly string[];
}

export interface Action {
  readonly type: "invoke" | "get";
  /** A module by its name in the script; the current one if absent. */
  readonly module?: string;
  readonly field: string;
  readonly args?: readonly ScriptValue[];
}

interface Located {
  /** Of the script that was converted. */
  readonly line: number;
}

/** The module that a command is about, in a file beside the script. */
interface ModuleFile {
  readonly filename: string;
  /** `binary` if absent. */
  readonly module_type?: "binary" | "text";
}

/** A command as wast2json, or another converter after its fashion, writes it. */
export type Command = Located &
  (
    | ({ readonly type: "module"; readonly name?: string } & ModuleFile)
    | ({ readonly type: "module_definition"; readonly name?: string } & ModuleFile)
    | { readonly type: "module_instance"; readonly instance?: string; readonly module?: string }
    | { readonly type: "register"; readonly as: string; readonly name?: string }
    | { readonly type: "action"; readonly action: Action }
    | { readonly type: "assert_return"; readonly action: Action; readonly expected: readonly ScriptValue[] }
    | { readonly type: "assert_trap" | "assert_exhaustion"; readonly action: Action; readonly text: string }
    | ({
        readonly type: "assert_invalid" | "assert_malformed" | "assert_unlinkable" | "assert_uninstantiable";
        readonly text: string;
      } & ModuleFile)
  );

/** A test of the specification after its conversion. */
export interface Script {
  readonly commands: readonly Command[];
}

/** The script in a file, undefined if the file holds something else. */
export async function readScript(path: string): Promise<Script | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    return isScript(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isScript(value: unknown): value is Script {
  return (
    typeof value === "object" &&
    value !== null &&
    "commands" in value &&
    Array.isArray(value.commands) &&
    value.commands.every((command: unknown) => typeof command === "object" && command !== null && "type" in command)
  );
}

/** A command for people, e.g. `assert_return add`. */
export function describeCommand(command: Command): string {
  if ("action" in command) return `${command.type} ${command.action.type} ${JSON.stringify(command.action.field)}`;
  if ("filename" in command) return `${command.type} ${command.filename}`;
  return command.type;
}
