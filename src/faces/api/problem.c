#include "faces/api/problem.h"

#include "wire/json.h"

#include <string.h>

static const struct field problem_table[] = {
    FIELD(struct problem, type, .about = "where this reason is explained"),
    FIELD(struct problem, title),
    FIELD(struct problem, status),
    FIELD(struct problem, reason, .about = "stable word for programs"),
    FIELD(struct problem, field, .about = "path of the wrong input: lines[2].sku"),
    FIELD(struct problem, detail, .about = "what is wrong, for people"),
    FIELD(struct problem, hint, .about = "what would be right, for people"),
    FIELD(struct problem, request_id),
    FIELD(struct problem, retryable, .about = "the same request may succeed later"),
};
const struct fields problem_fields = FIELDS("problem", struct problem, problem_table);

static const struct {
    const char *reason, *title;
    int status;
} special[] = {
    {"method_not_allowed", "this path does not know this method", 405},
    {"media_type", "the body is of a kind that is not read here", 415},
};

int problem_status(const struct fault *f)
{
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (strcmp(special[i].reason, f->reason) == 0) return special[i].status;
    return err_http(f->code);
}

static const char *title_of(const struct fault *f)
{
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (strcmp(special[i].reason, f->reason) == 0) return special[i].title;
    return err_meaning(f->code);
}

static struct text or_absent(const char *t) { return *t ? text_of(t) : (struct text){0}; }

void problem_put(struct buf *b, struct arena *a, const struct fault *f, struct text request_id)
{
    struct problem p = {
        .type = text_printf(a, "/docs/reasons#%s", f->reason),
        .title = text_of(title_of(f)),
        .status = problem_status(f),
        .reason = text_of(f->reason),
        .field = or_absent(f->field),
        .detail = or_absent(f->detail),
        .hint = or_absent(f->hint),
        .request_id = request_id,
        .retryable = err_retryable(f->code),
    };
    if (f->code == ERR_BUG) {
        p.detail = T("this is our own fault; nothing was changed");
        p.hint = T("tell us the request_id; the server's log says more");
    }
    record_put_json(b, &problem_fields, &p);
}
