#include "logs.h"

Block entry;

void writeLog(LogKind kind, uint32_t words) {
  wordSetNumber(&entry.words[0], kind);
  logBytes(&entry, words * sizeof(Word));
}

void logRefusal(uint32_t place, Refusal reason, const Word *signer) {
  wordSetNumber(&entry.words[1], place);
  wordSetNumber(&entry.words[2], reason);
  entry.words[3] = *signer;
  writeLog(REFUSED, 4);
}
