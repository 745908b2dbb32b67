#include "signatures.h"

#include "typeHashes.h"

/** `EIP712Domain`: type hash, name, version, chain, bridge. */
static Block domain;

Fields fields;
Block signature;

/** The last two bytes of word 0 are 0x1901; then the domain's separator and the struct's hash. */
static Block typedData;

enum { PREFIX = 30 };

/** Half of the order of secp256k1, rounded down: of the two values of s that sign the same only the lower is taken. */
static const Word HALF_ORDER = {{
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
}};

void setDomain(const Word *chainId, const Word *bridge) {
  domain.words[0] = DOMAIN_TYPE_HASH;
  domain.words[1] = NAME_HASH;
  domain.words[2] = VERSION_HASH;
  domain.words[3] = *chainId;
  domain.words[4] = *bridge;
  typedData.words[0].bytes[PREFIX] = 0x19;
  typedData.words[0].bytes[PREFIX + 1] = 0x01;
  keccak256(&domain, 5 * sizeof(Word), &typedData.words[1]);
}

bool hasDomain(void) {
  return typedData.words[0].bytes[PREFIX] != 0;
}

void recoverSigner(const Word *typeHash, uint32_t words, Word *dest) {
  Word *hash = &signature.words[0], *v = &signature.words[1], *s = &signature.words[3];
  fields.typeHash = *typeHash;
  keccak256(&fields, sizeof(Word) * words, &typedData.words[2]);
  keccak256(&typedData.words[0].bytes[PREFIX], 2 + 2 * sizeof(Word), hash);
  const uint8_t first = s->bytes[0];
  s->bytes[0] = first & 0x7f;
  wordSetNumber(v, 27 + (first >> 7));
  if (!hasDomain() || wordIsBelow(&HALF_ORDER, s)) wordClear(dest);
  else recoverAddress(&signature, dest);
}
