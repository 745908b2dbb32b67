import { HOST_CALLS } from "../hostCalls.js";

/** The call by which a guest waits for an input, behind the host calls that all machines have. */
export const WAIT_CALL = HOST_CALLS.length;

/** Arguments that a call is given, whether it takes them or not. */
export const ARGUMENT_COUNT = 3;
