/* store/sqlite_keys.h: the table `keys` that lets a statement read a set of numbers or texts.
 *
 *   "order_id IN $2[]"  becomes  "order_id IN (SELECT value FROM keys(?2))"
 *   or, in a query marked :walk, "FROM keys(?2) AS k CROSS JOIN ... order_id = k.value"
 *
 * The set is read where it stands: nothing is copied or written out, and it has to live until the
 * statement has ended. It is in order (keys_in_order), which :walk hands on to the rows. */
#pragma once

#include "base/arena.h"
#include "store/db.h"

struct sqlite3;
struct sqlite3_stmt;

bool keys_create(struct sqlite3 *db); /* once per connection */
/* Ascending, and each once: as it is when it is so already. */
struct value keys_in_order(struct arena *a, struct value set);
struct values keys_sets_in_order(struct arena *a, struct values args); /* all sets among them */
void keys_bind(struct sqlite3_stmt *s, int parameter, const struct value *set);
