#include <rollup.h>

/*
 * A planet on its way around a sun, in double precision: a chain may compute with floats, since they are the same to the last bit
 * on every engine and in every proof.
 */

/** Of one input, so that a message's budget is enough. */
enum { MOST_STEPS = 1000 };

/** A power of two, so that it costs no precision. */
static const double INTERVAL = 1.0 / 64;

/** The sun is at the origin; at first, the planet is on a circle. */
static double x = 1, y = 0, speedX = 0, speedY = 1;

/** What its bytes are as a number. */
static uint64_t bitsOf(double value) {
  uint64_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits;
}

static double distance(void) {
  return __builtin_sqrt(x * x + y * y);
}

static void accelerate(double interval) {
  const double radius = distance();
  const double pull = interval / (radius * radius * radius);
  speedX -= x * pull;
  speedY -= y * pull;
}

/** By the leapfrog method. */
static void step(void) {
  accelerate(INTERVAL / 2);
  x += speedX * INTERVAL;
  y += speedY * INTERVAL;
  accelerate(INTERVAL / 2);
}

/** An input is a number of steps. Published is where the planet is and how fast; logged is its distance, in millionths. */
void handle(void) {
  static Word place, millionths;
  if (inputKind() == DEPOSIT || inputLength() != sizeof(Word)) rejectInput();
  const uint64_t steps = inputWordNumber(0);
  if (steps > MOST_STEPS) rejectInput();
  for (uint64_t count = 0; count < steps; ++count) step();
  const double values[] = {x, y, speedX, speedY};
  for (uint32_t index = 0; index < 4; ++index) wordSetDigit(&place, 3 - index, bitsOf(values[index]));
  publishRoot(&place);
  wordSetNumber(&millionths, (uint64_t)(distance() * 1e6));
  logBytes(&millionths, sizeof(Word));
}
