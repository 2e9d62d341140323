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

static bool is_of(const struct command *kept, const struct command *in)
{
    return kept->actor_id == in->actor_id && text_eq(kept->key, in->key);
}

/* Days before the first key are not searched. */
static enum err days_of(struct ctx *c, int64_t days[KEY_DAYS + 2], size_t *n)
{
    int64_t newest = day_of_us(c->now_us + midnight_us), first;
    TRY(db_number(c, &Q_command_key_first_day,
                  ARGS(I64(c->merchant_id), I64(newest - KEY_DAYS - 1)), &first));
    *n = 0;
    for (int64_t day = newest; first != NONE && day >= first; day--) days[(*n)++] = day;
    return OK;
}

enum err command_find(struct ctx *c, const struct command *in, size_t n, struct command *out,
                      bool *found)
{
    int64_t days[KEY_DAYS + 2], *hashes = arena_new(c->arena, int64_t, n + 1);
    size_t keys = 0, day_count;
    struct list kept;
    for (size_t i = 0; i < n; i++) {
        found[i] = false;
        if (in[i].key.at) hashes[keys++] = key_hash(in[i].actor_id, in[i].key);
    }
    if (!keys) return OK;
    TRY(days_of(c, days, &day_count));
    if (!day_count) return OK;
    TRY(db_rows(c, &Q_command_by_keys,
                ARGS(I64(c->merchant_id), I64S(days, day_count), I64S(hashes, keys)),
                &command_fields, &kept));
    for (size_t k = 0; k < kept.count; k++) {
        const struct command *earlier = &((const struct command *)kept.at)[k];
        for (size_t i = 0; i < n; i++) {
            if (found[i] || !in[i].key.at || !is_of(earlier, &in[i])) continue;
            out[i] = *earlier;
            found[i] = true;
        }
    }
    return OK;
}

enum err command_same(struct ctx *c, const struct command *in, const struct command *earlier)
{
    if (earlier->request_hash == in->request_hash) return OK;
    fail(c, ERR_INVALID, "idempotency_mismatch",
         "this Idempotency-Key was used before for another request");
    return hint(c, "use a new key for a new request; repeat a request with the very same body");
}

enum err command_put(struct ctx *c, const struct command *in)
{
    bool is_kept = in->key.at != NULL;
    struct value m = I64(c->merchant_id), id = I64(in->command_id);
    TRY(db_put(c, &Q_command_insert,
               ARGS(m, id, TXT(in->way), I64(in->actor_id), TXT(in->key),
                    I64(is_kept ? in->request_hash : NONE), I64(is_kept ? in->status : NONE),
                    TXT(in->answer), I64(c->now_us))));
    if (!is_kept) return OK;
    int64_t hash = key_hash(in->actor_id, in->key);
    int64_t first = day_of_us(c->now_us - midnight_us), last = day_of_us(c->now_us + midnight_us);
    for (int64_t day = first; day <= last; day++)
        TRY(db_put_sure(c, &Q_command_key_insert, ARGS(m, I64(day), I64(hash), id)));
    return OK;
}
