/* faces/api/metrics.h: how many calls each route had, how they ended, and how long they took. */
#pragma once

#include "faces/api/dispatch.h"

struct route_count *route_count_new(struct arena *a, size_t routes);
/* Calls that met no route are counted behind the last. From any thread. */
void route_count_add(struct route_count *counts, size_t number, int status, int64_t us);
