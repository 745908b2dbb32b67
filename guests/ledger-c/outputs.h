#ifndef OUTPUTS_H
#define OUTPUTS_H

#include "logs.h"

/** Adds a withdrawal to the tree. */
Refusal withdraw(const Word *token, const Word *recipient, const Word *amount);

/** Adds a message to the tree. */
Refusal sendMessage(const Word *sender, const Word *target, const Word *dataHash);

/** Publishes the tree's root if it has changed; once for each input is enough. */
void publishOutputs(void);

#endif
