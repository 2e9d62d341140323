#include "faces/pages/page_render.h"

#include "faces/pages/book.h"
#include "wire/http_message.h"

#include <ctype.h>

static const struct field query_table[] = {FIELD(
    struct page_query, done, .max = 40, .about = "what was just done, for the page to say so")};
const struct fields page_query_fields = FIELDS("page_query", struct page_query, query_table);

struct say_view {
    struct page_frame frame;
    int64_t status;
};
static const struct field say_table[] = {
    PAGE_FRAME(struct say_view),
    FIELD(struct say_view, status),
};
static const struct fields say_fields = FIELDS("say_page", struct say_view, say_table);

struct page_frame page_frame_of(struct arena *a, const struct merchant *m, struct text title)
{
    struct page_frame frame = {.title = title};
    if (!m) return frame;
    frame.merchant_name = m->name;
    frame.merchant_street = m->street;
    frame.merchant_email = m->email;
    if (m->email.len) frame.contact_href = text_printf(a, "mailto:%.*s", TEXT_ARG(m->email));
    return frame;
}

static enum err render(struct arena *a, const char *template, const struct fields *f,
                       const void *view, struct text *out)
{
    struct buf b = buf_new(a);
    enum err e = template_book_render(&b, page_book(), text_of(template), TEMPLATE_HTML, f, view);
    *out = buf_text(&b);
    return e == ERR_NOT_FOUND ? ERR_BUG : e;
}

enum err page_render(struct ctx *c, const char *template, const struct fields *f, const void *view,
                     int status, struct reply *out)
{
    enum err e = render(c->arena, template, f, view, &out->content);
    if (e == ERR_TOO_LARGE)
        return fail(c, ERR_TOO_LARGE, "page_too_large", "%.60s is longer than %d bytes", template,
                    (int)TEMPLATE_OUTPUT_MAX);
    if (e != OK) return fail(c, ERR_BUG, "template_invalid", "%.60s does not render", template);
    out->status = status;
    out->content_type = T("text/html; charset=utf-8");
    return OK;
}

static struct say_view what_to_say(struct arena *a, int status, const struct merchant *m)
{
    static const struct {
        int status;
        const char *headline, *explanation;
    } said[] = {
        {404, "There is nothing here",
         "The address is not complete, or it was never one of ours. Please use the link in our "
         "mail as a whole."},
        {405, "That cannot be done here",
         "This page does not take what was sent to it. Please go back and use its buttons."},
        {410, "This page is over",
         "The order came to its end a while ago, and its page with it. If you need something about "
         "it, please write to us."},
        {429, "A little too fast", "Please wait a minute and try again."},
        {503, "Just a moment", "We are busy right now. Please try again in a minute."},
    };
    struct say_view v = {.status = status};
    v.frame = page_frame_of(a, m, T("Something went wrong"));
    v.frame.headline = T("Something went wrong");
    v.frame.explanation = T("That was our fault. Please try again; nothing of yours is lost.");
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        if (said[i].status != status) continue;
        v.frame.title = v.frame.headline = text_of(said[i].headline);
        v.frame.explanation = text_of(said[i].explanation);
    }
    return v;
}

enum err page_say(struct ctx *c, int status, const struct merchant *m, struct reply *out)
{
    struct say_view v = what_to_say(c->arena, status, m);
    return page_render(c, "say.html", &say_fields, &v, status, out);
}

struct text page_of_status(struct arena *a, int status)
{
    struct say_view v = what_to_say(a, status, NULL);
    struct text page = {0};
    return render(a, "say.html", &say_fields, &v, &page) == OK ? page : v.frame.headline;
}

/* --- forms ----------------------------------------------------------------------------------- */

static struct text clean(struct arena *a, struct text t)
{
    struct buf b = buf_new(a);
    if (!text_is_utf8(t)) return T("");
    for (size_t i = 0; i < t.len; i++) {
        unsigned char ch = (unsigned char)t.at[i];
        if (ch == '\r' && (i + 1 == t.len || t.at[i + 1] != '\n')) ch = '\n';
        if (ch >= ' ' ? ch != 0x7f : ch == '\n' || ch == '\t') buf_putc(&b, (char)ch);
    }
    struct text out = text_trim(buf_text(&b));
    return out.len ? out : T("");
}

struct text form_value(struct arena *a, struct text form, const char *name)
{
    struct text at, value;
    while (http_pair_next(a, &form, &at, &value))
        if (text_is(at, name)) return clean(a, value);
    return (struct text){0};
}

static void put_sentence(struct buf *b, const char *words)
{
    if (!*words) return;
    if (b->len) buf_putc(b, ' ');
    buf_putc(b, (char)toupper((unsigned char)*words));
    buf_puts(b, words + 1);
    char last = b->at[b->len - 1];
    if (last != '.' && last != '?' && last != '!') buf_putc(b, '.');
}

struct text fault_words(struct arena *a, const struct fault *f)
{
    struct buf b = buf_new(a);
    put_sentence(&b, f->detail);
    if (text_starts(text_of(f->hint), T("like ")))
        buf_printf(&b, " It looks %s.", f->hint);
    else
        put_sentence(&b, f->hint);
    return buf_text(&b);
}
