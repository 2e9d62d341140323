/* test/left.h: what a test left in its database, for comparison with the other engine. */
#pragma once

#include "world.h"

void left_tell(struct world *w);
