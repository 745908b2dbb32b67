/** Compiles the contracts, saying that it does for as long as it takes; all of it goes to standard error. */
import hre from "hardhat";

import { Console } from "../plugin/console/console.js";

await new Console(true).during("compiling the contracts", () => hre.tasks.getTask("build").run({ quiet: true }));
process.exit(0);
