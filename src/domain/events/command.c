#include "domain/events/command.h"

#include "base/field.h"
#include "base/hash.h"
#include "base/time.h"
#include "queries.h"
#include "store/db.h"

#include <string.h>

static const struct field command_table[] = {
    FIELD(struct command, key),
    FIELD(struct command, request_hash),
    FIELD_ID(struct command, command_id, "id", "cmd"),
    FIELD(struct command, actor_id),
    FIELD(struct command, status),
    FIELD(struct command, answer),
};
const struct fields command_fields = FIELDS("command", struct command, command_table);

/* How long around midnight a key stands under both days: more than clocks differ and units last. */
static const int64_t midnight_us = 5 * MINUTE_US;

static int64_t key_hash(int64_t actor_id, struct text key)
{
    unsigned char hash[HASH_BYTES];
    int64_t out;
    hash_of(hash, (struct text){(const char *)&actor_id, sizeof actor_id}, key);
    memcpy(&out, hash, sizeof out);
    return out;
}

enum err command_find(struct ctx *c, const struct command *in, struct command *out, bool *found)
{
    int64_t days[KEY_DAYS + 2], newest = day_of_us(c->now_us + midnight_us);
    size_t n = sizeof days / sizeof *days;
    for (size_t i = 0; i < n; i++) days[i] = newest - (int64_t)i;
    TRY(db_find(c, &Q_command_find,
                ARGS(I64(c->merchant_id), I64S(days, n), I64(key_hash(c->actor_id, in->key)),
                     TXT(in->key), I64(c->actor_id)),
                &command_fields, out, found));
    if (!*found || out->request_hash == in->request_hash) return OK;
    fail(c, ERR_INVALID, "idempotency_mismatch",
         "this Idempotency-Key was used before for another request");
    return hint(c, "use a new key for a new request; repeat a request with the very same body");
}

enum err command_put(struct ctx *c, const struct command *in)
{
    int64_t first = day_of_us(c->now_us - midnight_us), last = day_of_us(c->now_us + midnight_us);
    for (int64_t day = first; day <= last; day++)
        TRY(db_put_sure(c, &Q_command_insert,
                        ARGS(I64(c->merchant_id), I64(day), I64(key_hash(c->actor_id, in->key)),
                             TXT(in->key), I64(in->request_hash), I64(in->command_id),
                             I64(c->actor_id), I64(in->status), TXT(in->answer), I64(c->now_us))));
    return OK;
}

enum err command_made_put(struct ctx *c, struct text way, struct text key)
{
    return db_put(c, &Q_command_made_insert,
                  ARGS(I64(c->merchant_id), I64(c->command_id), TXT(way), TXT(key)));
}
