/* wire/template.h: logic-less templates for mails and pages, filled from field tables.
 *
 *   {{name}} {{a.b}}         a value, escaped for where it stands; there is no unescaped form
 *   {{name|pipe}}            the same in another form, see below
 *   {{#name}} .. {{/name}}   once per item of a list; inside a record; or when the value is there
 *   {{^name}} .. {{/name}}   when it is not: an empty list, absent, false, empty text, zero
 *   {{> part}}               another template, by its name in the table of parts
 *   {{! comment}}
 *
 * A name is a C member's; the innermost record that has it wins. In a list of texts {{.}} is the
 * item. In any list {{@first}}, {{@last}} and {{@number}} (from 1) tell the place. A section,
 * comment or part that is alone on its line leaves no line behind.
 *
 *   kind      as it is                  pipes
 *   instant   23 Nov 2026, 10:15 UTC    date, time, iso
 *   day       23 Nov 2026               date, iso
 *   money     19.99 GBP                 money, amount (19.99)
 *   text      as it is                  lines (keeps line breaks), href (a safe address, or "#")
 *   enum      out for delivery
 *   any                                 url (percent-encoded, for one part of an address), json
 *
 * Text in attributes is always quoted: the HTML escape covers & < > " and '. In plain text a value
 * stays on its line (control characters become spaces) unless `lines` keeps the breaks. Inside
 * <script type="application/json"> a value is a whole JSON value, with its own quotes: all of them
 * when rendering TEMPLATE_JSON_IN_SCRIPT, those with |json elsewhere. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "base/text.h"

enum {
    TEMPLATE_DEPTH_MAX = 32, /* sections and parts inside each other */
    TEMPLATE_SOURCE_MAX = 256 * 1024,
    TEMPLATE_OUTPUT_MAX = 4 * 1024 * 1024
};

enum template_escape { TEMPLATE_HTML, TEMPLATE_PLAIN, TEMPLATE_JSON_IN_SCRIPT };

struct template_part {
    const char *name; /* NULL ends the table */
    struct text body;
};

/* Append the filled template to `out`, whose arena takes all memory. `parts` may be NULL.
 * ERR_INVALID: the template is not one that template_check accepts; ERR_TOO_LARGE: more output
 * than the limit. Nothing is appended then. No fault is recorded: templates are checked before
 * they are used. */
must_check enum err template_render(struct buf *out, struct text template,
                                    enum template_escape escape, const struct fields *f,
                                    const void *record, const struct template_part *parts);

/* Parts that are compiled once and only read from then on, by any number of threads. They and the
 * arena outlive the book. A part that does not compile is no fault before it is asked for. */
struct template_book;
const struct template_book *template_book_open(struct arena *a, const struct template_part *parts);
/* The same as template_render of that part; ERR_NOT_FOUND: the book has none of that name. */
must_check enum err template_book_render(struct buf *out, const struct template_book *book,
                                         struct text part, enum template_escape escape,
                                         const struct fields *f, const void *record);

/* Would it render for every record? ERR_INVALID "template_invalid" names the line and what is wrong
 * there: tags that do not match, a name, part or pipe that is unknown or does not fit, an attribute
 * without quotes, a link's value without |href or |url, a value in a script without |json. */
must_check enum err template_check(struct ctx *c, struct text template, const struct fields *f,
                                   const struct template_part *parts);

/* "25 Nov 2026", as |date writes it. */
struct text template_date(struct arena *a, int64_t day);
