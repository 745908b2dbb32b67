import { task } from "hardhat/config";
import type { NewTaskDefinition } from "hardhat/types/tasks";

/** Every command of the plugin. What they do is loaded when they run. */
export const TASKS: NewTaskDefinition[] = [
  task("rollup:modes", "Print the modes of a chain and the parts they expand to")
    .addFlag({ name: "json", description: "Print one JSON value on standard output, and nothing else there" })
    .setAction(() => import("./modes.js"))
    .build(),
];
