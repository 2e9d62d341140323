/* faces/pages/links.h: the addresses of the customers' pages.
 *
 *   https://shop.example/t/track_0KXBM8PM3A000-m_0KXBM8PM3A000.3f7c0n1k2b9d4e8x
 *                          purpose and order, merchant          tag by the installation's secret
 *
 * Nothing is stored: the tag proves that we made it. A link of one purpose opens no other page.
 * Links end with their order (links_ended), and all of them when the secret is changed. */
#pragma once

#include "base/ctx.h"
#include "base/time.h"

enum link_purpose { LINK_TRACK, LINK_CONFIRM, LINK_FEEDBACK };

enum { LINK_BASE_MAX = 200 };
#define LINK_LIFE_US (90 * DAY_US) /* after the order came to its end */

/* Reads the secret, or makes it. Once at the start, outside of units of work; `base_url` is what
   customers reach us by ("https://shop.example"). ERR_INVALID "base_url". */
must_check enum err links_use(struct ctx *c, struct text base_url);
bool links_are_used(void);
bool links_are_secure(void); /* customers and staff reach us by https */

struct text link_token(struct arena *a, enum link_purpose purpose, int64_t merchant_id,
                       int64_t order_id);
/* "/t/TOKEN" */
struct text link_path(struct arena *a, enum link_purpose purpose, int64_t merchant_id,
                      int64_t order_id);
/* With the base in front: for mails and labels. */
struct text link_url(struct arena *a, enum link_purpose purpose, int64_t merchant_id,
                     int64_t order_id);
bool link_open(enum link_purpose purpose, struct text token, int64_t *merchant_id,
               int64_t *order_id);
