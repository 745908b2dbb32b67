import { RollupError } from "../errors.js";
import type { Session } from "../session.js";
import { NodeClient } from "./nodeClient.js";
import { readAddress, serviceFiles } from "./serviceFiles.js";

/** The node that was named, or the project's own, if it runs; undefined if there is none. */
export async function findClient(
  { deployments, connection, config }: Session,
  url: string | undefined,
): Promise<NodeClient | undefined> {
  if (url !== undefined) return new NodeClient(requireUrl(url));
  const running = await readAddress(serviceFiles(deployments, connection.networkName, config.name));
  return running && new NodeClient(running.url);
}

/** As `findClient`. @throws {RollupError} `NODE_MISSING` if there is none. */
export async function clientOf(session: Session, url: string | undefined): Promise<NodeClient> {
  const client = await findClient(session, url);
  if (client !== undefined) return client;
  throw new RollupError("NODE_MISSING", `No node of chain "${session.config.name}" runs for this project.`, {
    do: `npx hardhat rollup:node --chain ${session.config.name} --network ${session.connection.networkName}, or name one with --node`,
  });
}

function requireUrl(given: string): string {
  if (URL.canParse(given) && /^https?:/.test(given)) return given.replace(/\/+$/, "");
  throw new RollupError("ARGUMENT_INVALID", "--node cannot be used.", {
    given,
    expected: "an http address, such as http://127.0.0.1:8600",
  });
}
