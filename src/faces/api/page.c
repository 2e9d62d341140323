#include "faces/api/page.h"

#include "base/hash.h"
#include "base/source.h"

int64_t page_limit(int64_t limit) { return limit == NONE ? PAGE_DEFAULT : limit; }

enum err page_after(struct ctx *c, struct text after, const char *prefix, int64_t *id)
{
    if (!after.len || id_parse(after, prefix, id)) return OK;
    fail_at(c, ERR_INVALID, "invalid_value", "after", "\"%.*s\" is no cursor of this list",
            TEXT_ARG(text_head(after, 60)));
    return hint(c, "send `next` as it came");
}

bool page_cut(struct list *rows, int64_t limit)
{
    if ((int64_t)rows->count <= limit) return false;
    rows->count = (size_t)limit;
    return true;
}

int64_t row_version(struct ctx *c, const struct fields *f, const void *row)
{
    int64_t hash = hash_i64(record_to_line(c->arena, f, row)) & INT64_MAX;
    return hash ? hash : 1;
}

enum err version_check(struct ctx *c, const struct request *in, int64_t version)
{
    if (in->if_match == NONE || in->if_match == version) return OK;
    fail(c, ERR_STALE, "version_conflict", "it was changed: it is at version %lld now",
         (long long)version);
    return hint(c, "read it again, and send its new ETag");
}
