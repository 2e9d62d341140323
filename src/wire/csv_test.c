#include "wire/csv.h"

#include "harness.h"

#include <string.h>

/* All rows of a text as "a|b / c|d", so that a test can show what it expects. */
static struct text shown(struct ctx *c, struct text csv, char delimiter)
{
    struct csv_reader *r = NULL;
    struct csv_row row = {0};
    struct buf b = buf_new(c->arena);
    bool more = true;
    CHECK_OK(c, csv_open(c, charset_open_text(c, csv, CHARSET_GUESS), delimiter, &r));
    while (r && more) {
        enum err e = csv_next(c, r, &row, &more);
        if (e != OK) return text_printf(c->arena, "%s: %s", c->fault.reason, c->fault.detail);
        if (!more) break;
        if (row.number > 1) buf_puts(&b, " / ");
        for (size_t i = 0; i < row.count; i++) {
            if (i) buf_putc(&b, '|');
            buf_put(&b, row.at[i]);
        }
    }
    return buf_text(&b);
}

TEST(csv, reads_quotes_line_ends_and_empty_fields)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    CHECK_TEXT("a|b / 1|2", shown(&c, T("a,b\r\n1,2\r\n"), ','));
    CHECK_TEXT("a|b / 1|2", shown(&c, T("a,b\n1,2"), ','));
    CHECK_TEXT("a|b / 1|2 / 3|4", shown(&c, T("a,b\r1,2\r3,4\r"), ','));
    CHECK_TEXT("a|b / 1|2", shown(&c, T("\n\r\na,b\n\n1,2\n\n"), ','));
    CHECK_TEXT("a|x, \"y\"\nz / ||", shown(&c, T("a,\"x, \"\"y\"\"\nz\"\n,,\n"), ','));
    CHECK_TEXT("a| / 1|", shown(&c, T("a,\n1,"), ','));
    CHECK_TEXT(" / 1", shown(&c, T("\"\"\n\"1\""), ','));
    CHECK_TEXT("5\" pipe|b", shown(&c, T("5\" pipe,b\n"), ','));
    CHECK_TEXT("", shown(&c, T(""), ','));
    arena_free(&a);
}

TEST(csv, guesses_the_delimiter)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    CHECK_TEXT("a|b|c,d / 1|2|3,5", shown(&c, T("a;b;c,d\n1;2;3,5\n"), 0));
    CHECK_TEXT("a|b / 1|2", shown(&c, T("a\tb\n1\t2\n"), 0));
    CHECK_TEXT("name|price / x|1,50 / y|2", shown(&c, T("name;price\nx;1,50\ny;2\n"), 0));
    CHECK_TEXT("a|b / 1|2", shown(&c, T("a|b\n1|2\n"), 0));
    CHECK_TEXT("a;b|c / \n;|2", shown(&c, T("\"a;b\",c\n\"\n;\",2\n"), 0));
    CHECK_TEXT("one / 1", shown(&c, T("one\n1\n"), 0));
    CHECK_TEXT("a,b|c", shown(&c, T("sep=;\r\na,b;c\r\n"), 0));
    arena_free(&a);
}

TEST(csv, names_line_and_column_of_an_error)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    CHECK_TEXT("quote_open: line 3, column 2: the quote that opens here is never closed",
               shown(&c, T("a,b\r\n\r\n2,\"y\r\nz\r\n"), ','));
    CHECK_TEXT("quote_misplaced: line 4, column 2: text follows the closing quote; a quote inside "
               "is written twice",
               shown(&c, T("a,b\n\"p\nq\",2\n3,\"x\"y\n"), ','));
    CHECK_TEXT("nul_byte: line 2, column 1: a NUL character is no text",
               shown(&c, T("abcd,b\nx\0y,2\n"), ','));
    arena_free(&a);
}

TEST(csv, counts_lines_as_an_editor_does)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct csv_reader *r = NULL;
    struct csv_row row = {0};
    bool more;
    struct text csv = T("a,b\r\n\"1\r\n2\",x\r\n\r\n3,4\r\n");
    CHECK_OK(&c, csv_open(&c, charset_open_text(&c, csv, 0), 0, &r));
    const int64_t lines[] = {1, 2, 5};
    for (int64_t i = 0; i < 3; i++) {
        CHECK_OK(&c, csv_next(&c, r, &row, &more));
        CHECK_I64(lines[i], row.line);
        CHECK_I64(i + 1, row.number);
    }
    CHECK_OK(&c, csv_next(&c, r, &row, &more));
    CHECK(!more);
    arena_free(&a);
}

static struct text repeated(struct ctx *c, struct text part, size_t times, struct text tail)
{
    struct buf b = buf_new(c->arena);
    for (size_t i = 0; i < times; i++) buf_put(&b, part);
    buf_put(&b, tail);
    return buf_text(&b);
}

TEST(csv, holds_its_limits_exactly)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct text most = repeated(&c, T("x"), CSV_FIELD_MAX, T(""));
    CHECK_I64(CSV_FIELD_MAX, (int64_t)shown(&c, most, ',').len);
    struct text over = shown(&c, repeated(&c, T("x"), CSV_FIELD_MAX + 1, T("")), ',');
    CHECK_TEXT("field_too_long: line 1, column 1: the field is longer than 1 MiB", over);
    struct text wide = repeated(&c, T(","), CSV_COLUMNS_MAX - 1, T("\n"));
    CHECK_I64(CSV_COLUMNS_MAX - 1, (int64_t)shown(&c, wide, ',').len);
    struct text wider = shown(&c, repeated(&c, T(","), CSV_COLUMNS_MAX, T("\n")), ',');
    CHECK_TEXT("too_many_columns: line 1, column 4097: more than 4096 columns", wider);
    struct text half = repeated(&c, T("y"), CSV_FIELD_MAX / 2, T(","));
    struct text row = shown(&c, repeated(&c, half, 33, T("\n")), ',');
    CHECK_TEXT("row_too_long: line 1, column 33: the row is longer than 16 MiB", row);
    arena_free(&a);
}

/* The same bytes must give the same rows wherever the chunks happen to be cut. */
TEST(csv, does_not_care_where_chunks_end)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct text part = T("ab,\"c \"\"d\"\"\r\ne\",\"\"\r\n");
    for (size_t shift = 0; shift < part.len; shift++) {
        struct buf b = buf_new(&a);
        for (size_t i = 0; i < shift; i++) buf_putc(&b, 'z');
        buf_puts(&b, ",1,2\r\n");
        int64_t rows = 1, good = 0;
        for (; b.len < 70000; rows++) buf_put(&b, part);
        struct csv_reader *r = NULL;
        struct csv_row row = {0};
        bool more = true;
        CHECK_OK(&c, csv_open(&c, charset_open_text(&c, buf_text(&b), 0), ',', &r));
        while (csv_next(&c, r, &row, &more) == OK && more)
            good += row.count == 3 && (row.number == 1 || (text_is(row.at[0], "ab") &&
                                                           text_is(row.at[1], "c \"d\"\r\ne") &&
                                                           text_is(row.at[2], "")));
        CHECK(!more);
        CHECK_I64(rows, good);
        CHECK_I64(2 * rows - 1 - 1, row.line);
    }
    arena_free(&a);
}

TEST(csv, memory_stays_flat_over_a_long_file)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct text csv = repeated(&c, T("some,fields,of,a,row\n"), 200000, T(""));
    struct csv_reader *r = NULL;
    struct csv_row row = {0};
    bool more = true;
    CHECK_OK(&c, csv_open(&c, charset_open_text(&c, csv, 0), ',', &r));
    CHECK_OK(&c, csv_next(&c, r, &row, &more));
    size_t before = a.bytes;
    while (csv_next(&c, r, &row, &more) == OK && more) continue;
    CHECK_I64(200000, row.number);
    CHECK_I64((int64_t)before, (int64_t)a.bytes);
    arena_free(&a);
}

TEST(csv, writes_what_it_reads_back)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    const struct text fields[] = {T("plain"), T("with, comma"), T("two\r\nlines"), T("say \"so\""),
                                  {0},        T(" edge")};
    struct buf b = buf_new(&a);
    csv_put_row(&b, ',', 0, fields, 6);
    CHECK_TEXT("plain,\"with, comma\",\"two\r\nlines\",\"say \"\"so\"\"\",,\" edge\"\r\n",
               buf_text(&b));
    CHECK_TEXT("plain|with, comma|two\r\nlines|say \"so\"|| edge", shown(&c, buf_text(&b), ','));
    arena_free(&a);
}

TEST(csv, takes_the_sting_out_of_formulas_but_not_out_of_numbers)
{
    struct arena a = {0};
    const struct text fields[] = {T("=1+1"), T("-5.20"), T("@SUM(A1)"), T("-cmd"), T("+49 30 1")};
    struct buf b = buf_new(&a);
    csv_put_row(&b, ';', CSV_FOR_PEOPLE, fields, 5);
    CHECK_TEXT("'=1+1;-5.20;'@SUM(A1);'-cmd;'+49 30 1\r\n", buf_text(&b));
    b.len = 0;
    csv_put_row(&b, ';', 0, fields, 1);
    CHECK_TEXT("=1+1\r\n", buf_text(&b));
    arena_free(&a);
}

TEST(ndjson, gives_lines_with_their_numbers_and_passes_empty_ones_over)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct ndjson_reader *r = NULL;
    struct ndjson_line line = {0};
    bool more = false;
    struct text in = T("{\"a\":1}\r\n\n  {\"b\":2}\n\n{\"c\":3}");
    CHECK_OK(&c, ndjson_open(&c, charset_open_text(&c, in, 0), &r));
    const char *const want[] = {"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"};
    const int64_t at[] = {1, 3, 5};
    for (int i = 0; i < 3; i++) {
        CHECK_OK(&c, ndjson_next(&c, r, &line, &more));
        CHECK(more);
        CHECK_TEXT(want[i], line.json);
        CHECK_I64(at[i], line.line);
    }
    CHECK_OK(&c, ndjson_next(&c, r, &line, &more));
    CHECK(!more);
    arena_free(&a);
}

TEST(ndjson, refuses_a_line_over_its_limit)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct ndjson_reader *r = NULL;
    struct ndjson_line line = {0};
    bool more = false;
    struct text in = repeated(&c, T("0123456789abcdef"), NDJSON_LINE_MAX / 16, T("\n1"));
    CHECK_OK(&c, ndjson_open(&c, charset_open_text(&c, in, 0), &r));
    CHECK_OK(&c, ndjson_next(&c, r, &line, &more));
    CHECK_I64(NDJSON_LINE_MAX, (int64_t)line.json.len);
    in = repeated(&c, T("0123456789abcdef"), NDJSON_LINE_MAX / 16, T("x\n"));
    CHECK_OK(&c, ndjson_open(&c, charset_open_text(&c, in, 0), &r));
    CHECK_FAULT(&c, ERR_TOO_LARGE, "line_too_long", ndjson_next(&c, r, &line, &more));
    CHECK(strstr(c.fault.detail, "line 1 "));
    arena_free(&a);
}
