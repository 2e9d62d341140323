/* base/version.h: what `waybill --version` says. */
#pragma once

#define WAYBILL_VERSION "0.1.0"
