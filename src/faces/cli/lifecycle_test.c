/* What the lives of things look like, and that none is left out. */
#include "faces/cli/lifecycle.h"

#include "harness.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>

TEST(lifecycle, has_a_picture_for_each)
{
    struct arena a = {0};
    for (const struct lifecycle *const *l = lifecycles; *l; l++) {
        struct buf b = buf_new(&a);
        uint32_t last = lifecycle_final(*l);
        buf_put(&b, lifecycle_picture(&a, *l));
        buf_puts(&b, "\nlast:");
        for (size_t s = 0; s < (*l)->states->count; s++)
            if (last & IN(s)) buf_printf(&b, " %s", (*l)->states->at[s]);
        buf_puts(&b, "\n\n");
        buf_put(&b, lifecycle_mermaid(&a, *l));
        CHECK_GOLDEN(text_cstr(&a, text_printf(&a, "lifecycle_%s.txt", (*l)->name)), buf_text(&b));
    }
    arena_free(&a);
}

TEST(lifecycle, reaches_every_state)
{
    for (const struct lifecycle *const *l = lifecycles; *l; l++)
        for (size_t s = 0; s < (*l)->states->count; s++)
            if (!(lifecycle_reached(*l) & IN(s)))
                test_fail(__FILE__, __LINE__, "no %s is ever %s", (*l)->name, (*l)->states->at[s]);
}

TEST(lifecycle, ends_somewhere)
{
    for (const struct lifecycle *const *l = lifecycles; *l; l++) CHECK(lifecycle_final(*l) != 0);
}

TEST(lifecycle, is_found_by_name)
{
    for (const struct lifecycle *const *l = lifecycles; *l; l++)
        CHECK(lifecycle_find(text_of((*l)->name)) == *l);
    CHECK(lifecycle_find(T("nothing")) == NULL);
}

/* The names of the tables that headers declare, as the file lifecycle.c has to list them. */
static struct {
    char listed[16384];
    int declared;
} source;

static int look(const char *path, const struct stat *status, int kind, struct FTW *at)
{
    static char text[200000];
    size_t len = strlen(path);
    (void)status;
    (void)at;
    if (kind != FTW_F || len < 2 || strcmp(path + len - 2, ".h") != 0) return 0;
    FILE *f = fopen(path, "rb");
    if (!f) return 0;
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    for (char *p = text; (p = strstr(p, "extern const struct lifecycle ")) != NULL;) {
        p += strlen("extern const struct lifecycle ");
        char *end = strchr(p, ';');
        for (char *name = p; end && name < end;) {
            size_t n = strcspn(name, ",; ");
            char wanted[100];
            snprintf(wanted, sizeof wanted, "&%.*s,", (int)n, name);
            source.declared += *name != '*';
            if (*name != '*' && !strstr(source.listed, wanted)) {
                test_fail(path, 0, "%.*s is not in faces/cli/lifecycle.c", (int)n, name);
            }
            if (*name == '*') break;
            name += n + strspn(name + n, ", ");
        }
    }
    return 0;
}

TEST(lifecycle, leaves_none_out)
{
    size_t listed = 0;
    FILE *f = fopen("src/faces/cli/lifecycle.c", "rb");
    CHECK(f != NULL);
    if (!f) return;
    source.listed[fread(source.listed, 1, sizeof source.listed - 1, f)] = 0;
    fclose(f);
    source.declared = 0;
    CHECK(nftw("src", look, 16, FTW_PHYS) == 0);
    while (lifecycles[listed]) listed++;
    CHECK_I64((int64_t)listed, source.declared);
}
