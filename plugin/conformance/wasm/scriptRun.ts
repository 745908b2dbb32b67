import { readFile } from "node:fs/promises";
import { join } from "node:path";

import {
  InvalidModuleError,
  UnlinkableError,
  UnsupportedInstructionError,
  UnsupportedModuleError,
} from "../../machines/wasm/errors.js";
import { FEATURES, type Feature } from "../../machines/wasm/features.js";
import type { ValueType, WasmModule } from "../../machines/wasm/module.js";
import { parseModule } from "../../machines/wasm/parse.js";
import type { StepObserver } from "../runner.js";
import type { Verdict } from "../report.js";
import { SkippedError, StoppedError } from "./errors.js";
import { Execution } from "./execution.js";
import { instantiate } from "./instantiate.js";
import type { Action, Command } from "./script.js";
import { spectest } from "./spectest.js";
import type { Exported, External, Value } from "./store.js";
import { matches, readValue, showExpected, showValues } from "./values.js";

/** Why a module in text that should be there is skipped: what the machine takes is binaries. */
const TEXT = "the text format";

/** Commands that only features bring which are left out. */
const OTHER_COMMANDS: ReadonlyMap<string, Feature> = new Map([
  ["assert_exception", "exceptions"],
  ["assert_suspension", "stackSwitching"],
  ["thread", "threads"],
  ["wait", "threads"],
]);

const PASSED: Verdict = { kind: "passed" };

/** A module of the script: its exports, or why it has none. */
type Instance = { readonly exports: Exported } | { readonly missing: Error };

/** Values with their types. */
interface Results {
  readonly types: readonly ValueType[];
  readonly values: readonly Value[];
}

type Of<Type extends Command["type"]> = Extract<Command, { readonly type: Type }>;

/** Runs a script's commands in their order, in one store. */
export class ScriptRun {
  private readonly execution: Execution;
  private readonly registered = new Map<string, Instance>([["spectest", { exports: spectest() }]]);
  private readonly named = new Map<string, Instance>();
  private readonly definitions = new Map<string, WasmModule>();
  private current: Instance = { missing: new Error("no module is there yet") };
  private definition: WasmModule | undefined;

  /** @param folder Where the modules are. */
  constructor(
    private readonly folder: string,
    observer: StepObserver | undefined,
  ) {
    this.execution = new Execution(observer);
  }

  /** Does what a command says, and judges it. */
  async run(command: Command): Promise<Verdict> {
    this.execution.begin();
    try {
      return await this.obey(command);
    } catch (error) {
      return verdictOn(error);
    }
  }

  private async obey(command: Command): Promise<Verdict> {
    switch (command.type) {
      case "module":
        return this.module(command);
      case "module_definition":
        this.define(command.name, await this.load(command.filename));
        return PASSED;
      case "module_instance":
        return this.instance(command);
      case "register":
        this.registered.set(command.as, this.find(command.name));
        exportsOf(this.find(command.name));
        return PASSED;
      case "action":
        this.perform(command.action);
        return PASSED;
      case "assert_return":
        return this.assertReturn(command);
      case "assert_trap":
      case "assert_exhaustion":
        return this.assertStopped(command);
      default:
        return "filename" in command ? this.assertRefused(command) : unknownCommand(command);
    }
  }

  private async module({ name, filename }: Of<"module">): Promise<Verdict> {
    return this.become([name], async () => {
      const module = await this.load(filename);
      this.define(name, module);
      return module;
    });
  }

  private async instance({ instance, module }: Of<"module_instance">): Promise<Verdict> {
    return this.become([instance], async () => {
      const definition = module === undefined ? this.definition : this.definitions.get(module);
      if (definition === undefined) throw new Error(`no definition ${module ?? ""}`);
      return definition;
    });
  }

  /** Makes an instance the current one. If there is none, whatever needs it says so. */
  private async become(names: readonly (string | undefined)[], load: () => Promise<WasmModule>): Promise<Verdict> {
    let instance: Instance;
    try {
      instance = instantiate(await load(), this.lookup, this.execution);
    } catch (error) {
      instance = { missing: error instanceof Error ? error : new Error(String(error)) };
    }
    this.current = instance;
    for (const name of names) if (name !== undefined) this.named.set(name, instance);
    return "missing" in instance ? verdictOn(instance.missing) : PASSED;
  }

  private define(name: string | undefined, module: WasmModule): void {
    this.definition = module;
    if (name !== undefined) this.definitions.set(name, module);
  }

  private assertReturn({ action, expected }: Of<"assert_return">): Verdict {
    const { types, values } = this.perform(action);
    const right = values.length === expected.length && expected.every((value, index) => matches(value, values[index]));
    return right ? PASSED : { kind: "failed", given: showValues(types, values), expected: showExpected(expected) };
  }

  private assertStopped({ action, text }: Of<"assert_trap" | "assert_exhaustion">): Verdict {
    const given = this.stopOf(() => {
      const { types, values } = this.perform(action);
      return `returned ${showValues(types, values)}`;
    });
    return judge(given, text);
  }

  private async assertRefused(
    command: Of<"assert_invalid" | "assert_malformed" | "assert_unlinkable" | "assert_uninstantiable">,
  ): Promise<Verdict> {
    const { type, filename, text } = command;
    if (type === "assert_invalid" || type === "assert_malformed") return this.assertNoModule(filename, text);
    const module = await this.load(filename);
    return judge(
      this.stopOf(() => {
        instantiate(module, this.lookup, this.execution);
        return "instantiated";
      }),
      text,
    );
  }

  /** A module in text goes to the machine as it is, as the official harness hands it to engines that take binaries. */
  private async assertNoModule(filename: string, text: string): Promise<Verdict> {
    const bytes = await this.read(filename);
    try {
      parseModule(bytes);
    } catch (error) {
      return judgeRefusal(error);
    }
    return { kind: "failed", given: "a valid module", expected: text };
  }

  /** Why something does not come to its end, or what it gives. */
  private stopOf(work: () => string): { readonly stopped: string } | { readonly ended: string } {
    try {
      return { ended: work() };
    } catch (error) {
      if (error instanceof StoppedError || error instanceof UnlinkableError) return { stopped: error.reason };
      throw error;
    }
  }

  private perform({ type, module, field, args = [] }: Action): Results {
    const external = exportsOf(this.find(module)).get(field);
    if (type === "get" && external?.kind === "global") {
      return { types: [external.global.type.type], values: [external.global.value] };
    }
    if (type !== "invoke" || external?.kind !== "function") throw new Error(`no export ${field} to ${type}`);
    const values = external.function.call(args.map(readValue));
    return { types: external.function.type.results, values };
  }

  private find(name: string | undefined): Instance {
    if (name === undefined) return this.current;
    return this.named.get(name) ?? { missing: new Error(`no module ${name}`) };
  }

  private readonly lookup = (module: string, name: string): External | undefined => {
    const instance = this.registered.get(module);
    return instance === undefined ? undefined : exportsOf(instance).get(name);
  };

  private async load(filename: string): Promise<WasmModule> {
    if (filename.endsWith(".wat")) throw new SkippedError(TEXT);
    return parseModule(await this.read(filename));
  }

  private async read(filename: string): Promise<Uint8Array> {
    return new Uint8Array(await readFile(join(this.folder, filename)));
  }
}

/** @throws What kept the module from being there if that is left out, else that it is missing. */
function exportsOf(instance: Instance): Exported {
  if (!("missing" in instance)) return instance.exports;
  const { missing } = instance;
  throw reasonToSkip(missing) === undefined ? new Error(`its module is missing: ${missing.message}`) : missing;
}

/** A command that something came in the way of. */
function verdictOn(error: unknown): Verdict {
  const reason = reasonToSkip(error);
  if (reason !== undefined) return { kind: "skipped", reason };
  const given = error instanceof Error ? error.message.replaceAll("\n", ";") : String(error);
  return { kind: "failed", given, expected: "no error" };
}

/** What is left out and therefore skipped; undefined where it is an error. */
function reasonToSkip(error: unknown): string | undefined {
  if (error instanceof SkippedError) return error.reason;
  const isUnsupported = error instanceof UnsupportedInstructionError || error instanceof UnsupportedModuleError;
  return isUnsupported && error.feature !== undefined ? FEATURES[error.feature].name : undefined;
}

/** What belongs to a feature that is left out is no valid module of the machine's. */
function judgeRefusal(error: unknown): Verdict {
  const isRefused = error instanceof InvalidModuleError || reasonToSkip(error) !== undefined;
  return isRefused ? PASSED : verdictOn(error);
}

/** Whether execution stopped for the reason that a script expects. It may name more or less of it, as the index of an element. */
function judge(given: { readonly stopped: string } | { readonly ended: string }, expected: string): Verdict {
  if ("ended" in given) return { kind: "failed", given: given.ended, expected };
  const { stopped } = given;
  if (stopped.startsWith(expected) || expected.startsWith(stopped)) return PASSED;
  return { kind: "failed", given: stopped, expected };
}

function unknownCommand({ type }: { readonly type: string }): Verdict {
  const feature = OTHER_COMMANDS.get(type);
  if (feature !== undefined) return { kind: "skipped", reason: FEATURES[feature].name };
  return { kind: "failed", given: `command ${type}`, expected: "a command that is known" };
}
