/* test/last/whole.h: asked by tests that look back at all others. */
#pragma once

#include <stdbool.h>

bool test_is_whole(void); /* do all suites run? */
