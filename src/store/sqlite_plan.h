/* store/sqlite_plan.h: the planner's statistics, stated rather than measured. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

struct arena;

/* After the schema has changed. False: sqlite3_errmsg says why. */
bool sqlite_plan_teach(sqlite3 *db, struct arena *a);
