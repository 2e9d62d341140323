#include "faces/api/problem.h"

#include "wire/json.h"

#include <string.h>

static const struct field part_table[] = {
    FIELD(struct problem_part, field, .about = "path of the wrong input: lines[2].sku"),
    FIELD(struct problem_part, pointer, .about = "the same as a JSON pointer: #/lines/2/sku"),
    FIELD(struct problem_part, reason, .about = "stable word for programs"),
    FIELD(struct problem_part, detail, .about = "what is wrong, for people"),
    FIELD(struct problem_part, hint, .about = "what would be right, for people"),
};
static const struct fields part_fields = FIELDS("problem_part", struct problem_part, part_table);

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
    FIELD_LIST(struct problem, errors, part_fields, .max = FAULTS_MAX,
               .about = "all wrong fields, at most 20; the first is the one above"),
};
const struct fields problem_fields = FIELDS("problem", struct problem, problem_table);

static const struct {
    const char *reason, *title;
    int status;
} special[] = {
    {"method_not_allowed", "this path does not know this method", 405},
    {"rate_limited", "too many requests", 429},
    {"media_type", "the body is of a kind that is not read here", 415},
    {"too_slow", "the request did not arrive in time", 408}, /* the HTTP server says it */
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

static struct text pointer_of(struct arena *a, const char *field)
{
    struct buf b = buf_new(a);
    buf_puts(&b, "#/");
    for (const char *at = field; *at; at++) {
        if (*at == '.' || (*at == '[' && at != field)) buf_putc(&b, '/');
        if (*at == '~' || *at == '/') buf_puts(&b, *at == '~' ? "~0" : "~1");
        if (!strchr(".[]~/", *at)) buf_putc(&b, *at);
    }
    return buf_text(&b);
}

static struct problem_part part_of(struct arena *a, const struct fault *f)
{
    return (struct problem_part){.field = or_absent(f->field),
                                 .pointer = *f->field ? pointer_of(a, f->field) : (struct text){0},
                                 .reason = text_of(f->reason),
                                 .detail = or_absent(f->detail),
                                 .hint = or_absent(f->hint)};
}

static struct list parts_of(struct arena *a, const struct fault *f, const struct faults *all)
{
    size_t n = all ? all->count : *f->field ? 1 : 0;
    struct problem_part *parts = arena_new(a, struct problem_part, n + 1);
    for (size_t i = 0; i < n; i++) parts[i] = part_of(a, all ? &all->at[i] : f);
    return (struct list){parts, n};
}

void problem_put(struct buf *b, struct arena *a, const struct fault *f, const struct faults *all,
                 struct text request_id)
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
        .errors = parts_of(a, f, all),
    };
    if (f->code == ERR_BUG) {
        p.detail = T("this is our own fault; nothing was changed");
        p.hint = T("tell us the request_id; the server's log says more");
        p.errors = (struct list){0};
    }
    record_put_json(b, &problem_fields, &p);
}
