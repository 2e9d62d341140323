/* faces/cli/mapping.c: read the text of a mapping. The language is described, with examples, in
 * examples/README.md; what a line may say is in the tables below. */
#include "faces/cli/mapping_parts.h"

#include <stdio.h>
#include <string.h>

static const char *const kind_table[] = {"goods", "charge", "discount", "fee", "voucher"};
const struct words mapped_kind_words = WORDS("mapped_kind", kind_table);

static const struct {
    const char *section, *key;
} slot_names[SLOT_COUNT] = {
#define X(section, key, slot) [slot] = {section, key},
    MAPPING_SLOTS(X)
#undef X
};

static const char *const verbs[RULE_COUNT] = {"skip",     "credit_note", "cancelled", "charge",
                                              "discount", "fee",         "voucher"};

static const struct {
    const char *name;
    enum filter_kind kind;
    enum { TAKES_NOTHING, TAKES_NUMBER, TAKES_TEXT } takes;
} filters[] = {
    {"upper", FILTER_UPPER, TAKES_NOTHING},     {"lower", FILTER_LOWER, TAKES_NOTHING},
    {"title", FILTER_TITLE, TAKES_NOTHING},     {"digits", FILTER_DIGITS, TAKES_NOTHING},
    {"country", FILTER_COUNTRY, TAKES_NOTHING}, {"pad", FILTER_PAD, TAKES_NUMBER},
    {"times", FILTER_TIMES, TAKES_NUMBER},      {"default", FILTER_DEFAULT, TAKES_TEXT},
    {"table", FILTER_TABLE, TAKES_TEXT},
};

struct parser {
    struct ctx *c;
    struct mapping *m;
    struct text section;
    struct mapping_join *join;   /* of [join NAME] */
    struct mapping_table *table; /* of [table NAME] */
    int line;
};

static enum err wrong(struct parser *p, const char *what, struct text which, const char *right)
{
    char field[64];
    snprintf(field, sizeof field, "line %d", p->line);
    fail_at(p->c, ERR_MALFORMED, "mapping_invalid", field, "%s, line %d: %s \"%.*s\"", p->m->name,
            p->line, what, (int)(which.len < 80 ? which.len : 80), which.at ? which.at : "");
    return hint(p->c, "%s", right);
}

static struct text kept(struct parser *p, struct text t) { return text_copy(p->c->arena, t); }

/* The first word; `rest` is trimmed. */
static struct text word_take(struct text *rest)
{
    struct text t = text_trim(*rest);
    size_t n = 0;
    while (n < t.len && t.at[n] != ' ' && t.at[n] != '\t') n++;
    *rest = text_trim(text_skip(t, n));
    return text_head(t, n);
}

static struct text unquoted(struct text t)
{
    if (t.len >= 2 && t.at[0] == '"' && t.at[t.len - 1] == '"')
        return text_head(text_skip(t, 1), t.len - 2);
    return t;
}

static struct mapping_table *table_find(const struct mapping *m, struct text name)
{
    for (size_t i = 0; i < m->table_count; i++)
        if (text_eq(m->tables[i]->name, name)) return m->tables[i];
    return NULL;
}

static int join_number(const struct mapping *m, struct text name)
{
    for (size_t i = 1; i <= m->join_count; i++)
        if (text_eq(m->joins[i].name, name)) return (int)i;
    return 0;
}

static enum err filter_parse(struct parser *p, struct text t, struct part *part)
{
    struct text rest = t, name = word_take(&rest);
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        if (!text_is(name, filters[i].name)) continue;
        struct filter *f =
            arena_push(p->c->arena, part->filters, part->filter_count, part->filter_capacity);
        *f = (struct filter){.kind = filters[i].kind, .text = kept(p, unquoted(rest))};
        if (filters[i].takes == TAKES_NOTHING && rest.len)
            return wrong(p, "this filter takes nothing behind it", t, "{Country | upper}");
        if (filters[i].takes == TAKES_NUMBER &&
            (!text_to_i64(rest, &f->number) || f->number < 1 || f->number > 1000000))
            return wrong(p, "this filter takes a number", t, "{Postal Code | pad 5}");
        return OK;
    }
    return wrong(p, "no filter is called", name,
                 "upper, lower, title, digits, country, pad N, times N, default TEXT, table NAME");
}

/* What stands between braces: "Column", "join.column", "#", each with filters behind bars. */
static enum err column_parse(struct parser *p, struct text inner, struct part *part)
{
    struct text rest, name = text_trim(text_split(inner, '|', &rest));
    *part = (struct part){.text = kept(p, name)};
    if (text_empty(name)) return wrong(p, "no column is named in", inner, "{Column Name}");
    if (text_is(name, "#")) part->source = PART_ROW;
    while (rest.at) {
        struct text filter = text_trim(text_split(rest, '|', &rest));
        TRY(filter_parse(p, filter, part));
    }
    return OK;
}

static enum err template_parse(struct parser *p, struct text t, struct template *out)
{
    *out = (struct template){.line = p->line};
    t = unquoted(t);
    while (t.len) {
        struct part *part = arena_push(p->c->arena, out->parts, out->count, out->capacity);
        const char *open = memchr(t.at, '{', t.len);
        size_t literal = open ? (size_t)(open - t.at) : t.len;
        if (literal) {
            *part = (struct part){.source = PART_LITERAL, .text = kept(p, text_head(t, literal))};
            t = text_skip(t, literal);
            continue;
        }
        struct text rest, inner = text_split(text_skip(t, 1), '}', &rest);
        if (!rest.at) return wrong(p, "a brace is not closed in", t, "{Column Name}");
        TRY(column_parse(p, inner, part));
        t = rest;
    }
    return OK;
}

/* Operators, longest first where one begins another. */
static const struct {
    const char *sign;
    enum test_op op;
    bool negated, is_numeric;
} operators[] = {
    {"is not empty", TEST_EMPTY, true, false},
    {"is empty", TEST_EMPTY, false, false},
    {"is not", TEST_IS, true, false},
    {"is", TEST_IS, false, false},
    {"not like", TEST_LIKE, true, false},
    {"like", TEST_LIKE, false, false},
    {"<=", TEST_LESS_EQUAL, false, true},
    {">=", TEST_MORE_EQUAL, false, true},
    {"<", TEST_LESS, false, true},
    {">", TEST_MORE, false, true},
};

static enum err operand_parse(struct parser *p, struct text t, bool is_numeric, struct condition *k)
{
    bool exact;
    if (k->op == TEST_EMPTY)
        return t.len ? wrong(p, "nothing may follow", t, "{Column} is empty") : OK;
    if (text_empty(t)) return wrong(p, "nothing to compare with in", t, "{Column} is A, B");
    if (is_numeric)
        return decimal_parse(t, '.', 6, &exact, &k->micro) && exact
                   ? OK
                   : wrong(p, "this is no number", t, "{Column} <= 0");
    while (t.at) {
        struct text value = text_trim(text_split(t, ',', &t));
        *arena_push(p->c->arena, k->values, k->count, k->capacity) = kept(p, unquoted(value));
    }
    return OK;
}

/* "{Column} is A, B": the left side ends at its last brace. */
static enum err condition_parse(struct parser *p, struct text t, struct condition *k)
{
    *k = (struct condition){0};
    size_t end = t.len;
    while (end && t.at[end - 1] != '}') end--;
    if (!end || t.at[0] != '{')
        return wrong(p, "a condition begins with a column, not with", t, "{Column} is A, B");
    TRY(template_parse(p, text_head(t, end), &k->left));
    struct text rest = text_trim(text_skip(t, end));
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        struct text sign = text_of(operators[i].sign), tail = text_skip(rest, sign.len);
        if (!text_starts(rest, sign)) continue;
        bool is_word = sign.at[0] >= 'a';
        if (is_word && tail.len && tail.at[0] != ' ' && tail.at[0] != '\t') continue;
        k->op = operators[i].op;
        k->negated = operators[i].negated;
        return operand_parse(p, text_trim(tail), operators[i].is_numeric, k);
    }
    return wrong(p, "no comparison in", t, "is, is not, like, not like, is empty, <, <=, >, >=");
}

/* "VERB [WORD] [when CONDITION [and CONDITION]...]" */
static enum err rule_parse(struct parser *p, struct text t)
{
    struct mapping *m = p->m;
    struct text rest = t, verb = word_take(&rest);
    struct rule *rule = arena_push(p->c->arena, m->rules, m->rule_count, m->rule_capacity);
    *rule = (struct rule){.verb = RULE_COUNT};
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (text_is(verb, verbs[i])) rule->verb = (enum rule_verb)i;
    if (rule->verb == RULE_COUNT)
        return wrong(p, "no rule is called", verb,
                     "skip, credit_note, cancelled, charge, discount, fee or voucher");
    if (!text_eq(rest, T("always")) && !text_starts(rest, T("when "))) {
        rule->word = kept(p, word_take(&rest));
        for (size_t i = 0; i < rule->word.len; i++)
            if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_", rule->word.at[i]))
                return wrong(p, "a rule's word is snake_case, not", rule->word, "stock_write_off");
    }
    if (rule->verb == RULE_SKIP && text_empty(rule->word))
        return wrong(p, "skip needs a word that says why in", t, "skip test_order when ...");
    if (text_eq(rest, T("always"))) return OK;
    if (!text_starts(rest, T("when ")))
        return wrong(p, "a rule goes on with when or always, not", rest,
                     "charge postage when {StockCode} is POST, DOT");
    rest = text_skip(rest, 5);
    while (rest.at) {
        ptrdiff_t at = text_find(rest, T(" and {"));
        struct text one = at < 0 ? rest : text_head(rest, (size_t)at);
        rest = at < 0 ? (struct text){0} : text_skip(rest, (size_t)at + 5);
        TRY(condition_parse(
            p, text_trim(one),
            arena_push(p->c->arena, rule->conditions, rule->count, rule->capacity)));
    }
    return OK;
}

static enum err delimiter_parse(struct parser *p, struct text value, char *out)
{
    value = unquoted(value);
    if (text_is(value, "auto")) return OK;
    if (text_is(value, "tab")) value = T("\t");
    if (value.len != 1) return wrong(p, "a delimiter is one character, not", value, ", ; | or tab");
    *out = value.at[0];
    return OK;
}

static enum err charset_parse(struct parser *p, struct text value, enum charset *out)
{
    if (charset_find(p->c, value, out) == OK) return OK;
    return wrong(p, "no encoding is called", value,
                 "utf-8, utf-16le, utf-16be, windows-1252, iso-8859-1, iso-8859-15 or auto");
}

static enum err file_line(struct parser *p, struct text key, struct text value)
{
    struct mapping *m = p->m;
    if (text_is(key, "encoding")) return charset_parse(p, value, &m->charset);
    if (text_is(key, "delimiter")) return delimiter_parse(p, value, &m->delimiter);
    if (text_is(key, "decimal")) {
        if (!text_is(value, ".") && !text_is(value, ","))
            return wrong(p, "a decimal mark is not", value, ". or ,");
        m->decimal = value.at[0];
        return OK;
    }
    if (text_is(key, "money")) {
        m->is_rounded = text_is(value, "rounded");
        return m->is_rounded || text_is(value, "exact")
                   ? OK
                   : wrong(p, "money cannot be", value, "exact or rounded");
    }
    if (text_is(key, "dates")) {
        while (value.at) {
            struct text pattern = text_trim(text_split(value, ',', &value));
            *arena_push(p->c->arena, m->dates, m->date_count, m->date_capacity) = kept(p, pattern);
        }
        return OK;
    }
    return wrong(p, "[file] has no setting", key, "encoding, delimiter, decimal, money or dates");
}

static enum err make_parse(struct parser *p, struct text value)
{
    for (struct text rest = value; rest.len;) {
        struct text word = word_take(&rest);
        if (text_is(word, "products"))
            p->m->settings.make |= MAPPING_MAKE_PRODUCTS;
        else if (text_is(word, "stock"))
            p->m->settings.make |= MAPPING_MAKE_STOCK;
        else if (text_is(word, "customers"))
            p->m->settings.make |= MAPPING_MAKE_CUSTOMERS;
        else
            return wrong(p, "an import does not make", word, "products stock customers");
    }
    return OK;
}

static enum err import_line(struct parser *p, struct text key, struct text value)
{
    struct mapping_settings *s = &p->m->settings;
    if (text_is(key, "merchant")) return s->merchant = kept(p, value), OK;
    if (text_is(key, "site")) return s->site = kept(p, value), OK;
    if (text_is(key, "channel")) return s->channel = kept(p, value), OK;
    if (text_is(key, "make")) return make_parse(p, value);
    if (text_is(key, "currency")) {
        const char *code = text_cstr(p->c->arena, value);
        if (!currency_known(code)) return wrong(p, "no currency is called", value, "EUR, GBP, USD");
        memcpy(s->currency, code, 4);
        return OK;
    }
    if (text_is(key, "stock")) {
        s->stock_is_enough = text_is(value, "enough");
        if (s->stock_is_enough) return OK;
        return text_to_i64(value, &s->stock_quantity) && s->stock_quantity >= 0 &&
                       s->stock_quantity <= MAPPING_QUANTITY_MAX
                   ? OK
                   : wrong(p, "an opening stock is not", value, "enough, or a quantity");
    }
    if (text_is(key, "zone")) {
        if (zone_open(p->c, value, &p->m->zone) == OK) return OK;
        return wrong(p, "no time zone is called", value, "Europe/London, +02:00 or UTC");
    }
    return wrong(p, "[import] has no setting", key,
                 "merchant, site, channel, currency, zone, make or stock");
}

static enum err rows_parse(struct parser *p, struct text value)
{
    struct mapping *m = p->m;
    int64_t n = 1;
    struct text rest = value, word = word_take(&rest);
    m->grouping = text_is(word, "each")     ? GROUP_EACH
                  : text_is(word, "memory") ? GROUP_MEMORY
                                            : GROUP_WITHIN;
    bool good = text_is(word, "within") ? text_to_i64(rest, &n) && n >= 1 && n <= MAPPING_WINDOW_MAX
                                        : text_empty(rest) && (m->grouping != GROUP_WITHIN ||
                                                               text_is(word, "adjacent"));
    m->window = (size_t)n;
    return good ? OK
                : wrong(p, "rows of an order are not", value, "adjacent, within N, memory or each");
}

static enum err join_line(struct parser *p, struct text key, struct text value)
{
    struct mapping_join *j = p->join;
    if (text_is(key, "file")) return j->file = kept(p, value), OK;
    if (text_is(key, "key")) return j->key = kept(p, value), OK;
    if (text_is(key, "on")) return template_parse(p, value, &j->on);
    if (text_is(key, "encoding")) return charset_parse(p, value, &j->charset);
    if (text_is(key, "delimiter")) return delimiter_parse(p, value, &j->delimiter);
    if (text_is(key, "required")) {
        j->is_required = text_is(value, "yes");
        return j->is_required || text_is(value, "no")
                   ? OK
                   : wrong(p, "required is not", value, "yes, no");
    }
    return wrong(p, "[join] has no setting", key, "file, key, on, required, encoding or delimiter");
}

static enum err table_line(struct parser *p, struct text key, struct text value)
{
    struct mapping_table *t = p->table;
    if (text_is(key, "*")) {
        t->has_rest = true;
        t->rest_is_itself = text_is(value, "*");
        t->rest = kept(p, unquoted(value));
        return OK;
    }
    for (size_t i = 0; i < t->count; i++)
        if (text_eq_nocase(t->from[i], unquoted(key)))
            return wrong(p, "this value stands in the table already:", key, "each value once");
    *arena_push(p->c->arena, t->from, t->count, t->from_capacity) = kept(p, unquoted(key));
    *arena_push(p->c->arena, t->to, t->to_count, t->to_capacity) = kept(p, unquoted(value));
    return OK;
}

static enum err from_parse(struct parser *p, struct text value)
{
    struct mapping *m = p->m;
    int join = join_number(m, value);
    if (!join) return wrong(p, "no [join] above is called", value, "put the [join] first");
    if (text_is(p->section, "line"))
        m->line_join = join;
    else if (text_is(p->section, "payment"))
        m->payment_join = join;
    else if (text_is(p->section, "product"))
        m->product_join = join;
    else if (text_is(p->section, "customer_file"))
        m->customer_join = join;
    else if (text_is(p->section, "stock"))
        m->stock_join = join;
    else
        return wrong(p, "from is not for section", p->section,
                     "[line], [payment], [product], [customer_file], [stock]");
    return OK;
}

static enum err slot_line(struct parser *p, struct text key, struct text value)
{
    if (text_is(key, "from")) return from_parse(p, value);
    if (text_is(p->section, "order") && text_is(key, "rows")) return rows_parse(p, value);
    bool known = false;
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        if (!text_is(p->section, slot_names[i].section)) continue;
        known = true;
        if (!text_is(key, slot_names[i].key)) continue;
        if (p->m->slots[i].line) return wrong(p, "set twice:", key, "each field once");
        return template_parse(p, value, &p->m->slots[i]);
    }
    if (!known)
        return wrong(
            p, "no section is called", p->section,
            "file, import, rows, order, customer, ship_to, bill_to, line, payment, product, "
            "customer_file, stock, join NAME, table NAME");
    return wrong(p, "this section has no field", key, "examples/README.md lists the fields");
}

static enum err section_open(struct parser *p, struct text inner)
{
    struct text name = text_trim(inner), kind = word_take(&name);
    p->section = kept(p, kind);
    if (text_is(kind, "table")) {
        if (text_empty(name) || table_find(p->m, name))
            return wrong(p, "a table needs a name of its own, not", name, "[table countries]");
        p->table = arena_new(p->c->arena, struct mapping_table, 1);
        p->table->name = kept(p, name);
        *arena_push(p->c->arena, p->m->tables, p->m->table_count, p->m->table_capacity) = p->table;
        return OK;
    }
    if (text_is(kind, "join")) {
        if (text_empty(name) || join_number(p->m, name))
            return wrong(p, "a join needs a name of its own, not", name, "[join products]");
        if (p->m->join_count == MAPPING_JOINS_MAX)
            return wrong(p, "too many joins at", name, "at most 16");
        p->join = &p->m->joins[++p->m->join_count];
        *p->join = (struct mapping_join){.name = kept(p, name), .line = p->line};
        return OK;
    }
    return name.len ? wrong(p, "this section takes no name", inner, "[order]") : OK;
}

/* A comment begins the line, or stands behind it between blanks: " # why"; not within quotes. */
static struct text uncommented(struct text line)
{
    bool quoted = false;
    for (size_t i = 0; i < line.len; i++) {
        quoted ^= line.at[i] == '"';
        bool before = i == 0 || line.at[i - 1] == ' ' || line.at[i - 1] == '\t';
        bool after = i == 0 || i + 1 == line.len || line.at[i + 1] == ' ';
        if (line.at[i] == '#' && before && after && !quoted) return text_trim(text_head(line, i));
    }
    return line;
}

static enum err line_parse(struct parser *p, struct text line)
{
    line = uncommented(line);
    if (text_empty(line)) return OK;
    if (line.at[0] == '[') {
        if (line.at[line.len - 1] != ']')
            return wrong(p, "a bracket is not closed in", line, "[order]");
        return section_open(p, text_head(text_skip(line, 1), line.len - 2));
    }
    if (text_is(p->section, "rows")) return rule_parse(p, line);
    struct text value, key = text_trim(text_split(line, '=', &value));
    if (!value.at) return wrong(p, "no = in", line, "field = value");
    value = text_trim(value);
    if (text_is(p->section, "file")) return file_line(p, key, value);
    if (text_is(p->section, "import")) return import_line(p, key, value);
    if (text_is(p->section, "join")) return join_line(p, key, value);
    if (text_is(p->section, "table")) return table_line(p, key, value);
    return slot_line(p, key, value);
}

/* Names that may stand before what they name: joins and tables in columns and filters. */
static enum err names_bind(struct parser *p, struct template *t)
{
    for (size_t i = 0; i < t->count; i++) {
        struct part *part = &t->parts[i];
        struct text column, join = text_split(part->text, '.', &column);
        int number = part->source == 0 && column.at ? join_number(p->m, join) : 0;
        if (number) {
            part->source = number;
            part->text = column;
        }
        for (size_t k = 0; k < part->filter_count; k++) {
            struct filter *f = &part->filters[k];
            p->line = t->line;
            if (f->kind == FILTER_TABLE && !(f->table = table_find(p->m, f->text)))
                return wrong(p, "no [table] is called", f->text, "[table NAME] anywhere");
        }
    }
    return OK;
}

/* Does a template look at `join`, itself or through another join? Joins may not go deeper than
   there are joins, so a circle ends. */
static bool looks_at(const struct mapping *m, const struct template *t, int join, int depth)
{
    for (size_t i = 0; i < t->count && depth <= MAPPING_JOINS_MAX; i++) {
        int source = t->parts[i].source;
        if (source < 1) continue;
        if (source == join || looks_at(m, &m->joins[source].on, join, depth + 1)) return true;
    }
    return false;
}

static void rules_place(struct mapping *m)
{
    for (size_t i = 0; i < m->rule_count && m->line_join; i++)
        for (size_t k = 0; k < m->rules[i].count; k++)
            if (looks_at(m, &m->rules[i].conditions[k].left, m->line_join, 0))
                m->rules[i].is_of_line = true;
}

static enum err bind(struct parser *p)
{
    struct mapping *m = p->m;
    for (size_t i = 0; i < SLOT_COUNT; i++) TRY(names_bind(p, &m->slots[i]));
    for (size_t i = 0; i < m->rule_count; i++)
        for (size_t k = 0; k < m->rules[i].count; k++)
            TRY(names_bind(p, &m->rules[i].conditions[k].left));
    for (size_t i = 1; i <= m->join_count; i++) {
        struct mapping_join *j = &m->joins[i];
        TRY(names_bind(p, &j->on));
        p->line = j->line;
        if (text_empty(j->file) || text_empty(j->key) || !j->on.line)
            return wrong(p, "a join needs file, key and on:", j->name,
                         "file = products.csv, key = product_id, on = {product_id}");
    }
    rules_place(m);
    return OK;
}

enum err mapping_parse(struct ctx *c, struct text body, const char *name, struct mapping **out)
{
    struct mapping *m = arena_new(c->arena, struct mapping, 1);
    struct parser p = {.c = c, .m = m};
    m->name = text_cstr(c->arena, text_of(name));
    m->decimal = '.';
    m->window = 1;
    m->grouping = GROUP_WITHIN;
    *out = m;
    TRY(zone_open(c, T("UTC"), &m->zone));
    while (body.at) {
        struct text line = text_split(body, '\n', &body);
        p.line++;
        TRY(line_parse(&p, text_trim(line)));
    }
    return bind(&p);
}

enum err mapping_load(struct ctx *c, const char *path, struct mapping **out)
{
    struct charset_reader *bytes = NULL;
    struct buf b = buf_new(c->arena);
    struct text chunk = {0};
    TRY(charset_open(c, path, CHARSET_UTF_8, &bytes));
    enum err e = charset_read(c, bytes, &chunk);
    for (; e == OK && chunk.len && b.len <= MAPPING_FILE_MAX; e = charset_read(c, bytes, &chunk))
        buf_put(&b, chunk);
    charset_close(bytes);
    if (e != OK) return e;
    if (b.len > MAPPING_FILE_MAX)
        return fail(c, ERR_TOO_LARGE, "mapping_too_long", "\"%s\" is longer than 1 MiB", path);
    return mapping_parse(c, buf_text(&b), path, out);
}

const struct mapping_settings *mapping_settings(const struct mapping *m) { return &m->settings; }
