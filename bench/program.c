/* bench/program.c: how large the program is, and how soon it is there. */
#include "bench/bench.h"

#include "base/asset.h"

#include <elf.h>
#include <stdio.h>

/* Up to the last byte that is loaded: what `strip` leaves, but for a table of sections. */
static int64_t loaded_bytes(const char *path)
{
    Elf64_Ehdr head;
    Elf64_Phdr part;
    uint64_t most = 0;
    FILE *f = fopen(path, "rb");
    if (!f) return 0;
    bool ok = fread(&head, sizeof head, 1, f) == 1 && fseek(f, (long)head.e_phoff, SEEK_SET) == 0;
    for (int i = 0; ok && i < head.e_phnum; i++) {
        ok = fread(&part, sizeof part, 1, f) == 1;
        if (ok && part.p_type == PT_LOAD && part.p_offset + part.p_filesz > most)
            most = part.p_offset + part.p_filesz;
    }
    fclose(f);
    return (int64_t)most;
}

enum err bench_program(struct ctx *c, struct bench_options o, struct figures *f)
{
    int64_t bytes = loaded_bytes("/proc/self/exe"), pages = 0;
    for (const struct asset *a = assets; a->name; a++) pages += (int64_t)a->body.len;
    figure_take(f, "program.size_mb", (double)bytes / 1e6);
    figure_take(f, "program.bare_size_mb", (double)(bytes - pages) / 1e6);
    for (int i = 0; i < bench_rounds(o); i++) {
        struct bench_child child = bench_child((const char *const[]){"--version", NULL});
        if (child.status != 0)
            return fail(c, ERR_BUG, "bench", "waybill --version ended with %d", child.status);
        figure_take(f, "start.version_ms", (double)child.us / 1e3);
    }
    return OK;
}
