#include "faces/pages/book.h"

#include "base/asset.h"

#include <pthread.h>

static struct arena arena; /* as long as the program runs */
static struct template_part *parts;
static const struct template_book *book;

static bool is_template(struct text name)
{
    return text_ends(name, T(".html")) || text_ends(name, T(".txt"));
}

static void make_book(void)
{
    size_t count = 0, n = 0;
    while (assets[count].name) count++;
    parts = arena_new(&arena, struct template_part, count + 1);
    for (size_t i = 0; i < count; i++)
        if (is_template(text_of(assets[i].name)))
            parts[n++] = (struct template_part){assets[i].name, assets[i].body};
    parts[n] = (struct template_part){0};
    book = template_book_open(&arena, parts);
}

const struct template_book *page_book(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_book);
    return book;
}

const struct template_part *page_parts(void)
{
    page_book();
    return parts;
}
