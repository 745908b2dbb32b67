/*
 * The host calls, as every machine of this package offers them; the one file that knows how a machine is called. Guests
 * seldom need them bare: the other headers see to types and bounds, which the machine enforces by trapping.
 */
#ifndef ROLLUP_HOST_H
#define ROLLUP_HOST_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __wasm__
#define HOST_CALL(name) __attribute__((import_module("rollup"), import_name(#name)))
#define HANDLER __attribute__((export_name("handle")))
#else
#define HOST_CALL(name)
#define HANDLER
#endif

/** What a guest defines: handles one input of the chain. */
HANDLER void handle(void);

/** Writes word `index` of the current input, header words first, to the aligned word at `dest`. */
HOST_CALL(input_word) void host_input_word(uint32_t index, void *dest);

/** Makes the aligned word at `pointer` the chain's output root. */
HOST_CALL(publish) void host_publish(const void *pointer);

/** Ends the handling of this input, and undoes everything that it changed. */
HOST_CALL(reject) __attribute__((noreturn)) void host_reject(void);

/** Writes word `index` of the preimage of the hash at `hash` (word 0: its length in bytes) to the aligned word at `dest`. */
HOST_CALL(preimage_word) void host_preimage_word(const void *hash, uint32_t index, void *dest);

/** Reports bytes to whoever executes the chain. Nothing on chain depends on them. */
HOST_CALL(log) void host_log(const void *pointer, uint32_t length);

/** Hashes at most 256 bytes that lie inside one 256-byte-aligned block. */
HOST_CALL(keccak256) void host_keccak256(const void *pointer, uint32_t length, void *dest);

/** Recovers the signer from the words `hash, v, r, s` at a 128-byte-aligned `pointer`; the zero word if there is none. */
HOST_CALL(ecrecover) void host_ecrecover(const void *pointer, void *dest);

/** Hashes at most 256 bytes that lie inside one 256-byte-aligned block. */
HOST_CALL(sha256) void host_sha256(const void *pointer, uint32_t length, void *dest);

#ifdef __cplusplus
}
#endif

#endif
