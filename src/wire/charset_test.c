#include "wire/charset.h"

#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static struct text decoded(struct ctx *c, struct text bytes, enum charset charset)
{
    struct text out = {0};
    CHECK_OK(c, charset_decode(c, bytes, charset, &out));
    return out;
}

TEST(charset, guesses_utf_8_and_windows_1252)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    CHECK_TEXT("caf\xC3\xA9 \xE2\x82\xAC", decoded(&c, T("caf\xC3\xA9 \xE2\x82\xAC"), 0));
    CHECK_TEXT("caf\xC3\xA9 \xE2\x82\xAC", decoded(&c, T("caf\xE9 \x80"), CHARSET_GUESS));
    CHECK_TEXT("plain", decoded(&c, T("plain"), CHARSET_GUESS));
    CHECK_TEXT("", decoded(&c, T(""), CHARSET_GUESS));
    arena_free(&a);
}

TEST(charset, takes_the_byte_order_mark_off_and_believes_it)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    CHECK_TEXT("a\xC3\xA9", decoded(&c,
                                    T("\xEF\xBB\xBF"
                                      "a\xC3\xA9"),
                                    CHARSET_WINDOWS_1252));
    CHECK_TEXT("a\xE2\x82\xAC", decoded(&c,
                                        T("\xFF\xFE"
                                          "a\0\xAC\x20"),
                                        CHARSET_GUESS));
    CHECK_TEXT("a\xF0\x9F\x98\x80", decoded(&c, T("\xFE\xFF\0a\xD8\x3D\xDE\x00"), CHARSET_GUESS));
    CHECK_TEXT("abc", decoded(&c, T("a\0b\0c\0"), CHARSET_GUESS));
    arena_free(&a);
}

TEST(charset, knows_where_latin_1_and_latin_9_differ)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    CHECK_TEXT("\xC2\xA4\xC2\xBD", decoded(&c, T("\xA4\xBD"), CHARSET_ISO_8859_1));
    CHECK_TEXT("\xE2\x82\xAC\xC5\x93", decoded(&c, T("\xA4\xBD"), CHARSET_ISO_8859_15));
    arena_free(&a);
}

TEST(charset, names_the_byte_that_is_wrong)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct text out;
    CHECK_FAULT(&c, ERR_MALFORMED, "charset_invalid",
                charset_decode(&c, T("ab\xC3("), CHARSET_UTF_8, &out));
    CHECK(strstr(c.fault.detail, "byte 3 (0xC3)"));
    CHECK_FAULT(&c, ERR_MALFORMED, "charset_invalid",
                charset_decode(&c, T("\xED\xA0\x80"), CHARSET_UTF_8, &out));
    CHECK_FAULT(&c, ERR_MALFORMED, "charset_invalid",
                charset_decode(&c, T("a\x81"), CHARSET_WINDOWS_1252, &out));
    CHECK_FAULT(&c, ERR_MALFORMED, "charset_invalid",
                charset_decode(&c,
                               T("\xFF\xFE"
                                 "a\0b"),
                               CHARSET_GUESS, &out));
    CHECK_FAULT(&c, ERR_MALFORMED, "charset_invalid",
                charset_decode(&c, T("\xFF\xFE\x00\xDC"), CHARSET_GUESS, &out));
    arena_free(&a);
}

TEST(charset, keeps_characters_whole_over_the_edges_of_its_buffer)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    for (size_t shift = 0; shift < 3; shift++) {
        struct buf b = buf_new(&a);
        for (size_t i = 0; i < shift; i++) buf_putc(&b, 'x');
        while (b.len < 200000) buf_puts(&b, "\xE2\x82\xAC");
        struct text out = decoded(&c, buf_text(&b), CHARSET_GUESS);
        CHECK(text_eq(buf_text(&b), out));
    }
    arena_free(&a);
}

TEST(charset, decides_at_the_first_byte_beyond_ascii_even_late_in_the_file)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct buf b = buf_new(&a);
    while (b.len < 300000) buf_puts(&b, "ten bytes\n");
    buf_puts(&b, "\xE9");
    struct text out = decoded(&c, buf_text(&b), CHARSET_GUESS);
    CHECK(text_ends(out, T("\n\xC3\xA9")));
    arena_free(&a);
}

TEST(charset, reads_gzip_and_plain_files_alike_and_reports_damage)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct charset_reader *r = NULL;
    struct text chunk = {0};
    char path[] = "/tmp/waybill-charset-XXXXXX";
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    gzFile z = gzdopen(fd, "wb");
    for (int i = 0; i < 5000; i++) gzprintf(z, "row %d\n", i * 7919);
    gzclose(z);
    CHECK_OK(&c, charset_open(&c, path, CHARSET_GUESS, &r));
    CHECK_OK(&c, charset_read(&c, r, &chunk));
    CHECK(text_starts(chunk, T("row 0\nrow 7919\n")));
    charset_close(r);
    charset_close(r);
    CHECK(truncate(path, 900) == 0);
    CHECK_OK(&c, charset_open(&c, path, CHARSET_GUESS, &r));
    CHECK_FAULT(&c, ERR_MALFORMED, "gzip_damaged", charset_read(&c, r, &chunk));
    charset_close(r);
    unlink(path);
    CHECK_FAULT(&c, ERR_NOT_FOUND, "file_missing", charset_open(&c, path, CHARSET_GUESS, &r));
    CHECK_FAULT(&c, ERR_INVALID, "file_unreadable",
                (charset_open(&c, "/tmp", CHARSET_GUESS, &r) == OK) ? charset_read(&c, r, &chunk)
                                                                    : c.fault.code);
    charset_close(r);
    arena_free(&a);
}

TEST(charset, finds_encodings_by_their_usual_names)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    enum charset found;
    CHECK_OK(&c, charset_find(&c, T("Latin1"), &found));
    CHECK_I64(CHARSET_ISO_8859_1, found);
    CHECK_OK(&c, charset_find(&c, T(" CP1252 "), &found));
    CHECK_I64(CHARSET_WINDOWS_1252, found);
    CHECK_TEXT("iso-8859-15", text_of(charset_name(CHARSET_ISO_8859_15)));
    CHECK_FAULT(&c, ERR_INVALID, "charset_unknown", charset_find(&c, T("ebcdic"), &found));
    arena_free(&a);
}
