/* app/seed.h: what a fresh database needs so that everything works with nothing configured. */
#pragma once

#include "base/ctx.h"

/* A merchant, a site with a receiving bin and cartons, when there is no merchant yet. */
must_check enum err installation_seed(struct ctx *c);
