/* store/sqlite_keys.h: the table `keys` that lets a statement read a set of numbers or texts.
 *
 *   "order_id IN $2[]"  becomes  "order_id IN (SELECT value FROM keys(?2))"
 *
 * The set is read where it stands: nothing is copied or written out, and it has to live until the
 * statement has ended. */
#pragma once

#include "store/db.h"

struct sqlite3;
struct sqlite3_stmt;

bool keys_create(struct sqlite3 *db); /* once per connection */
void keys_bind(struct sqlite3_stmt *s, int parameter, const struct value *set);
