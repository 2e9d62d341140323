#include "domain/events/skip.h"

#include "domain/events/event.h"
#include "queries.h"
#include "store/db.h"

static const struct field skip_table[] = {
    FIELD(struct skip, reaction, .about = "what should have followed from the event"),
    FIELD(struct skip, position, .about = "of the event in the feed"),
    FIELD_ENUM(struct skip, kind, event_words),
    FIELD_ID(struct skip, order_id, "order_id", "ord", .flags = F_NULL),
    FIELD(struct skip, reason, .about = "why it failed: a stable word"),
    FIELD(struct skip, detail, .about = "why it failed, for people"),
    FIELD_INSTANT(struct skip, skipped_us, "skipped_at"),
    FIELD(struct skip, tries, .about = "how often it failed"),
};
const struct fields skip_fields = FIELDS("reaction_skip", struct skip, skip_table);

enum err skip_put(struct ctx *c, const struct skip *s)
{
    int64_t changed;
    return db_exec(c, &Q_skip_put,
                   ARGS(I64(c->merchant_id), TXT(s->reaction), I64(s->position), I64(s->kind),
                        I64(s->order_id), TXT(s->reason), TXT(s->detail), I64(s->skipped_us),
                        I64(s->tries)),
                   &changed);
}

enum err skip_list(struct ctx *c, struct list *out)
{
    return db_rows(c, &Q_skip_list, ARGS(I64(c->merchant_id)), &skip_fields, out);
}

enum err skip_count(struct ctx *c, int64_t *n)
{
    return db_number(c, &Q_skip_count, ARGS(I64(c->merchant_id)), n);
}

enum err skip_done(struct ctx *c, struct text reaction, int64_t position)
{
    int64_t changed;
    return db_exec(c, &Q_skip_done, ARGS(I64(c->merchant_id), TXT(reaction), I64(position)),
                   &changed);
}
