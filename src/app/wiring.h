/* app/wiring.h: hands the drivers that are built in to the stages; once, before anything runs. */
#pragma once

void wiring_use_drivers(void);
