/* app/wiring.h: hands the drivers that are built in to the stages; once, before anything runs. */
#pragma once

struct ctx;
void wiring_use_drivers(struct ctx *c);
