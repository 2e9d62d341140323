/* base/letters.c: case and accents by the block structure of Unicode rather than by full tables. */
#include "base/letters.h"

#include "base/arena.h"

/* The bare small letter of each Latin letter; '.' is none, digits stand for several letters. */
static const char latin[] = /* U+00C0 to U+024F */
    "aaaaaa1ceeeeiiiidnooooo.ouuuuy42aaaaaa1ceeeeiiiidnooooo.ouuuuy4y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii55jjkkklllllll"
    "lllnnnnnnnnnoooooo33rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"
    "...............e................oo.............uu..............."
    "....dddlllnnnaaiioouuuuuuuuuu.aaaa....ggkkoooo..jdddgg..nnaa...."
    "aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy............"
    "................";
static const char latin_more[] = /* U+1E00 to U+1EFF */
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
    "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
    "wwwwwwwwwwxxxxyyzzzzzzhtwyas..2.aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
    "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";
static const char *const several[] = {"", "ae", "ss", "oe", "th", "ij"};

static int32_t upper_of(int32_t c);
static int32_t lower_of(int32_t c);
static char bare_of(int32_t c);

struct text letters_upper(struct arena *a, struct text t)
{
    struct buf b = buf_new(a);
    if (!t.at) return t;
    while (t.len) {
        int32_t c = letter_next(&t);
        if (c == 0xDF)
            buf_puts(&b, "SS");
        else
            letter_put(&b, upper_of(c));
    }
    return buf_text(&b);
}

struct text letters_fold(struct arena *a, struct text t)
{
    struct buf b = buf_new(a);
    if (!t.at) return t;
    while (t.len) {
        int32_t c = letter_next(&t);
        if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
        if (c == 0xA0 || c == 0x3000) c = ' ';
        if (c >= 0x300 && c <= 0x36F) continue; /* combining marks */
        char bare = bare_of(c);
        if (bare >= '0' && bare <= '9')
            buf_puts(&b, several[bare - '0']);
        else if (bare)
            buf_putc(&b, bare);
        else
            letter_put(&b, lower_of(c));
    }
    return buf_text(&b);
}

int32_t letter_next(struct text *t)
{
    const unsigned char *s = (const unsigned char *)t->at;
    size_t n = s[0] < 0x80 ? 1 : s[0] < 0xC2 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    if (!n || s[0] > 0xF4 || !text_is_utf8(text_head(*t, n))) {
        *t = text_skip(*t, 1);
        return LETTER_STRAY + s[0];
    }
    static const int32_t lead[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    int32_t c = s[0] & lead[n];
    for (size_t i = 1; i < n; i++) c = c << 6 | (s[i] & 0x3F);
    *t = text_skip(*t, n);
    return c;
}

void letter_put(struct buf *b, int32_t code)
{
    if (code >= LETTER_STRAY || code < 0x80) {
        buf_putc(b, (char)(code & 0xFF));
    } else if (code < 0x800) {
        buf_putc(b, (char)(0xC0 | code >> 6));
        buf_putc(b, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        buf_putc(b, (char)(0xE0 | code >> 12));
        buf_putc(b, (char)(0x80 | (code >> 6 & 0x3F)));
        buf_putc(b, (char)(0x80 | (code & 0x3F)));
    } else {
        buf_putc(b, (char)(0xF0 | code >> 18));
        buf_putc(b, (char)(0x80 | (code >> 12 & 0x3F)));
        buf_putc(b, (char)(0x80 | (code >> 6 & 0x3F)));
        buf_putc(b, (char)(0x80 | (code & 0x3F)));
    }
}

static bool within(int32_t c, int32_t from, int32_t to) { return c >= from && c <= to; }

/* Blocks where capital and small letter alternate, the capital on even code points. */
static bool in_even_pairs(int32_t c)
{
    return within(c, 0x100, 0x12F) || within(c, 0x132, 0x137) || within(c, 0x14A, 0x177) ||
           within(c, 0x218, 0x21B) || within(c, 0x460, 0x481) || within(c, 0x48A, 0x4BF) ||
           within(c, 0x4D0, 0x52F) || within(c, 0x1E00, 0x1E95) || within(c, 0x1EA0, 0x1EFF) ||
           c == 0x1A0 || c == 0x1A1;
}

/* The same, the capital on odd code points. */
static bool in_odd_pairs(int32_t c)
{
    return within(c, 0x139, 0x148) || within(c, 0x179, 0x17E) || within(c, 0x1AF, 0x1B0);
}

static int32_t upper_of(int32_t c)
{
    if (within(c, 'a', 'z') || (within(c, 0xE0, 0xFE) && c != 0xF7)) return c - 0x20;
    if (c == 0xFF) return 0x178;
    if (c == 0x131) return 'I';
    if (in_even_pairs(c)) return c & ~1;
    if (in_odd_pairs(c)) return c & 1 ? c : c - 1;
    if (c == 0x3AC) return 0x386;
    if (within(c, 0x3AD, 0x3AF)) return c - 0x25;
    if (c == 0x3C2) return 0x3A3;
    if (within(c, 0x3B1, 0x3CB)) return c - 0x20;
    if (c == 0x3CC) return 0x38C;
    if (within(c, 0x3CD, 0x3CE)) return c - 0x3F;
    if (within(c, 0x430, 0x44F)) return c - 0x20;
    if (within(c, 0x450, 0x45F)) return c - 0x50;
    return c;
}

/* For what bare_of leaves: Greek (accents dropped) and Cyrillic. */
static int32_t lower_of(int32_t c)
{
    static const int32_t greek[] = {0x3B1, 0x3B5, 0x3B7, 0x3B9};
    if (within(c, 0x3AC, 0x3AF)) return greek[c - 0x3AC];
    if (c == 0x386) return 0x3B1;
    if (within(c, 0x388, 0x38A)) return greek[c - 0x387];
    if (c == 0x38C || c == 0x3CC) return 0x3BF;
    if (c == 0x38E || c == 0x3CD) return 0x3C5;
    if (c == 0x38F || c == 0x3CE) return 0x3C9;
    if (c == 0x3C2) return 0x3C3;
    if (within(c, 0x391, 0x3A9)) return c + 0x20;
    if (within(c, 0x410, 0x42F)) return c + 0x20;
    if (within(c, 0x400, 0x40F)) return c + 0x50;
    if (within(c, 0x460, 0x52F) && in_even_pairs(c)) return c | 1;
    return c;
}

/* ASCII letter, a digit for several, or 0 when the character is not Latin. */
static char bare_of(int32_t c)
{
    if (within(c, 'A', 'Z')) return (char)(c + 0x20);
    if (within(c, 'a', 'z')) return (char)c;
    char bare = '.';
    if (within(c, 0xC0, 0x24F)) bare = latin[c - 0xC0];
    if (within(c, 0x1E00, 0x1EFF)) bare = latin_more[c - 0x1E00];
    return bare == '.' ? 0 : bare;
}
