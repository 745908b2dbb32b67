import { HttpError, Status } from "../../http/httpError.js";

export { Status };

/** Why a member does not do what it is asked: sent as `{ code, message, facts }`. */
export class MemberError extends HttpError {}
