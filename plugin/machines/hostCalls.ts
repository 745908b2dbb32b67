/** What a host call is called, by its number, on every machine. All parameters are 32-bit numbers, there are no results. */
export const HOST_CALLS = [
  { name: "input_word", parameters: ["index", "dest"] },
  { name: "publish", parameters: ["pointer"] },
  { name: "reject", parameters: [] },
  { name: "preimage_word", parameters: ["hash", "index", "dest"] },
  { name: "log", parameters: ["pointer", "length"] },
  { name: "keccak256", parameters: ["pointer", "length", "dest"] },
  { name: "ecrecover", parameters: ["pointer", "dest"] },
  { name: "sha256", parameters: ["pointer", "length", "dest"] },
] as const;

export const HostCall = {
  inputWord: 0,
  publish: 1,
  reject: 2,
  preimageWord: 3,
  log: 4,
  keccak256: 5,
  ecrecover: 6,
  sha256: 7,
} as const;
