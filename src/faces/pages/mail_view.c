#include "faces/pages/mail_view.h"

#include "faces/pages/book.h"

const char *const mail_names[] = {
    "mail_received", "mail_confirm",   "mail_shipped", "mail_delivered", "mail_feedback",
    "mail_delayed",  "mail_cancelled", "mail_ready",   "mail_dated",     NULL};

static const struct field mail_line_table[] = {
    FIELD(struct mail_line, name),
    FIELD(struct mail_line, sku),
    FIELD(struct mail_line, quantity),
    FIELD(struct mail_line, unit_price, .flags = F_NULL),
    FIELD(struct mail_line, line_total, .flags = F_NULL),
    FIELD(struct mail_line, personalisation),
};
const struct fields mail_line_fields = FIELDS("mail_line", struct mail_line, mail_line_table);

static const struct field mail_wait_table[] = {
    FIELD(struct mail_wait, quantity),
    FIELD(struct mail_wait, name),
    FIELD_DAY(struct mail_wait, by_day, "by_date"),
};
static const struct fields mail_wait_fields =
    FIELDS("mail_wait", struct mail_wait, mail_wait_table);

static const struct field mail_package_table[] = {
    FIELD(struct mail_package, carrier),
    FIELD(struct mail_package, tracking_number),
    FIELD(struct mail_package, tracking_url),
};
const struct fields mail_package_fields =
    FIELDS("mail_package", struct mail_package, mail_package_table);

static const struct field mail_view_table[] = {
    FIELD(struct mail_view, merchant_name),
    FIELD_TEXTS(struct mail_view, merchant_address),
    FIELD(struct mail_view, order_number),
    FIELD(struct mail_view, customer_name),
    FIELD_INSTANT(struct mail_view, placed_us, "placed_at"),
    FIELD_LIST(struct mail_view, lines, mail_line_fields),
    FIELD_LIST(struct mail_view, waiting, mail_wait_fields),
    FIELD(struct mail_view, goods, .flags = F_NULL),
    FIELD(struct mail_view, services, .flags = F_NULL),
    FIELD(struct mail_view, shipping, .flags = F_NULL),
    FIELD(struct mail_view, tax, .flags = F_NULL),
    FIELD(struct mail_view, discount, .flags = F_NULL),
    FIELD(struct mail_view, total, .flags = F_NULL),
    FIELD_TEXTS(struct mail_view, ship_to),
    FIELD(struct mail_view, method),
    FIELD_LIST(struct mail_view, packages, mail_package_fields),
    FIELD(struct mail_view, tracking_number),
    FIELD(struct mail_view, carrier),
    FIELD(struct mail_view, tracking_url),
    FIELD(struct mail_view, order_url),
    FIELD(struct mail_view, confirm_url),
    FIELD(struct mail_view, feedback_url),
    FIELD(struct mail_view, unsubscribe_url),
    FIELD_DAY(struct mail_view, promised_day, "promised_on"),
    FIELD(struct mail_view, pickup_code),
    FIELD_TEXTS(struct mail_view, pickup_place),
    FIELD(struct mail_view, reason),
};
const struct fields mail_view_fields = FIELDS("mail_view", struct mail_view, mail_view_table);

static enum err say_why(struct ctx *c, struct text file)
{
    for (const struct template_part *p = page_parts(); p->name; p++)
        if (text_is(file, p->name))
            TRY(template_check(c, p->body, &mail_view_fields, page_parts()));
    return fail(c, ERR_BUG, "template_invalid", "%.*s does not render", TEXT_ARG(file));
}

static enum err render_one(struct ctx *c, const char *name, const char *suffix,
                           enum template_escape escape, const struct mail_view *view,
                           struct text *out)
{
    struct text file = text_printf(c->arena, "%s.%s", name, suffix);
    struct buf b = buf_new(c->arena);
    enum err e = template_book_render(&b, page_book(), file, escape, &mail_view_fields, view);
    if (e == ERR_NOT_FOUND)
        return fail(c, ERR_NOT_FOUND, "mail_unknown", "no mail \"%.60s\"", name);
    if (e == ERR_TOO_LARGE)
        return fail(c, ERR_TOO_LARGE, "mail_too_large", "%.60s is longer than %d bytes", name,
                    (int)TEMPLATE_OUTPUT_MAX);
    if (e != OK) return say_why(c, file);
    *out = buf_text(&b);
    return OK;
}

/* Sections that were left out leave blank lines behind: one in a row is enough. */
static struct text squeeze(struct arena *a, struct text t)
{
    struct buf b = buf_new(a);
    while (t.at) {
        struct text line = text_split(t, '\n', &t);
        bool blank = text_empty(text_trim(line));
        if (blank && text_ends(buf_text(&b), T("\n\n"))) continue;
        if (!blank) buf_put(&b, line);
        buf_putc(&b, '\n');
    }
    return buf_text(&b);
}

enum err mail_view_render(struct ctx *c, const char *name, const struct mail_view *view,
                          struct mail *out)
{
    struct text text = {0}, html = {0}, body = {0};
    TRY(render_one(c, name, "txt", TEMPLATE_PLAIN, view, &text));
    TRY(render_one(c, name, "html", TEMPLATE_HTML, view, &html));
    struct text subject = text_trim(text_split(text, '\n', &body));
    if (!text_starts(subject, T("Subject:")))
        return fail(c, ERR_BUG, "template_invalid", "%.60s.txt does not begin with Subject:", name);
    subject = text_trim(text_skip(subject, 8));
    /* a name of any length may stand in it; cut between characters */
    size_t most = subject.len > MAIL_SUBJECT_MAX ? MAIL_SUBJECT_MAX : subject.len;
    while (most < subject.len && most && ((unsigned char)subject.at[most] & 0xc0) == 0x80) most--;
    out->subject = text_head(subject, most);
    out->text = squeeze(c->arena, text_trim(body));
    out->html = html;
    return OK;
}
