/* wire/json_value.h: values of fields and the wording of refusals; only for wire/json*.c.
 *
 * `name` is the path that the refusal names; for a plain member it is f->json. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct reading {
    struct ctx *c;
    bool is_patch; /* absent keeps what is there */
    bool is_reply; /* of another program: take what we know, skip the rest */
    bool is_whole; /* go on behind what is wrong, and keep all of it in c->faults */
};

/* Refusals: they record the fault and return its code. */
enum err value_wrong_type(struct ctx *c, const char *name, const char *wanted, const char *got);
enum err value_wrong(struct ctx *c, const struct field *f, const char *name, struct text t,
                     const char *wanted);
enum err value_missing(struct ctx *c, const char *name, const char *detail);
enum err value_unknown_field(struct ctx *c, const struct fields *f, struct text key);
enum err value_read_only(struct ctx *c, const struct field *f);

must_check enum err value_read_text(const struct reading *r, const struct field *f,
                                    const char *name, struct text t, struct text *out);
/* `written` is the number as it was sent. */
must_check enum err value_check_range(struct ctx *c, const struct field *f, const char *name,
                                      int64_t n, struct text written);
must_check enum err value_read_word(struct ctx *c, const struct field *f, const char *name,
                                    struct text t, int64_t *out);
/* Text, identifier, instant, day or enumeration, into the record. */
must_check enum err value_read_written(const struct reading *r, const struct field *f,
                                       struct text t, bool is_query, void *record);
