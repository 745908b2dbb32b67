/** `SDK_GUEST`'s twin in C. */
export const SDK_GUEST_C = `
#include <addressTable.h>
#include <merkleTree.h>
#include <rollup.h>

typedef struct {
  Key key;
  Word value;
} Record;

static Block block;
static MerkleTree tree;
static Record table[8];
static Word bytes[16];

static bool calculate(uint32_t operation, Word *left, Word *right) {
  switch (operation) {
    case 0: return wordAdd(left, right);
    case 1: return wordSubtract(left, right);
    case 2: return wordIsBelow(left, right);
    case 3: return wordEquals(left, right);
    case 4: return wordIsZero(left);
    case 5: return wordIsAddress(left);
    case 6: wordSetNumber(left, wordDigit(right, 1)); return false;
    case 7: hashPair(left, right, left); return false;
    case 8: sha256(left->bytes + 3, 61, left); return false;
    case 9: keccak256(left->bytes + 3, 61, left); return false;
    case 10: recoverAddress(&block, left); return false;
    case 11:
      treeAppend(&tree, left);
      treeRoot(&tree, left);
      publishRoot(left);
      return false;
    case 12: {
      Key *record = findRecord(table, 8, sizeof(Record), 1 + (right->bytes[31] & 1), left);
      const bool flag = record->mark;
      if (!flag) useRecord(record, 1 + (right->bytes[31] & 1), left);
      wordSetNumber(left, (Record *)record - table);
      return flag;
    }
    case 14: wordSetNumber(left, inputByte((uint32_t)wordDigit(left, 0))); return false;
    case 15: {
      const uint64_t length = preimageLength(left);
      preimageWord(left, (uint32_t)wordDigit(right, 0), left);
      return length == 40;
    }
    case 16: inputSender(left); return false;
    case 17: wordSetNumber(left, inputNumber() << 32 | inputTimestamp() << 16 | inputBlockNumber() << 8 | inputKind()); return false;
    default: rejectInput();
  }
}

void handle(void) {
  Word *left = &block.words[0], *right = &block.words[1];
  const uint32_t operation = (uint32_t)inputWordNumber(0);
  for (uint32_t index = 0; index < 4; ++index) inputWord(1 + index, &block.words[index]);
  if (operation == 13) {
    const uint32_t length = (uint32_t)wordDigit(right, 0);
    inputCopy((uint32_t)wordDigit(left, 0), length, bytes[0].bytes + 1);
    return logBytes(bytes[0].bytes + 1, length);
  }
  wordSetNumber(right, calculate(operation, left, right));
  logBytes(&block, 2 * sizeof(Word));
}
`;
