import type { NewTaskActionFunction } from "hardhat/types/tasks";

import { mineBlocks } from "../plugin/clock.js";
import { formatCount } from "../plugin/console/format.js";
import { Session } from "../plugin/session.js";
import type { CommitteeArguments } from "../plugin/session.js";

interface RotateArguments extends CommitteeArguments {
  readonly advance: boolean;
}

/** `rollup:rotate` */
const action: NewTaskActionFunction<RotateArguments> = async (args, hre) => {
  const session = await Session.open(hre, args);
  const { out, connection } = session;
  const { client, user } = await session.committee(args.committee);
  const { committee } = client;
  let rotation = await user.rotate();
  if (rotation.action === "wait" && args.advance) {
    await mineBlocks(connection, rotation.blocks);
    rotation = await user.rotate();
  }
  const { epoch, seats } = await committee.epoch();
  const drawBlock = await committee.drawBlock();
  if (rotation.action === "wait") {
    out.line(`The next epoch is drawn by block ${drawBlock}: ${formatCount(rotation.blocks)} blocks to wait for.`);
  } else if (rotation.action === "postpone") {
    out.line(
      `Nobody proved the draw in time. The next one is by block ${drawBlock}; epoch ${epoch} goes on until then.`,
    );
  } else if (seats.length === 0) {
    const [pool, { size }] = [await committee.poolSize(), committee.parameters];
    out.line(`Epoch ${epoch} has no seats: the pool has ${pool} members and ${size} are needed. Chains go on without.`);
  } else {
    out.line(`Epoch ${epoch} has begun with ${seats.length} members; the next is drawn by block ${drawBlock}.`);
  }
  out.result({
    action: rotation.action,
    epoch: Number(epoch),
    members: seats.map(({ member }) => member),
    drawBlock: Number(drawBlock),
    blocks: rotation.action === "wait" ? Number(rotation.blocks) : 0,
    gas: rotation.action === "wait" ? 0 : Number(rotation.done.spent.gas),
  });
};

export default action;
