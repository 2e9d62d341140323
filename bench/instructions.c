/* bench/instructions.c: instructions of an order from its request to its answer, by part.
 *
 * This program serves under callgrind, which counts what runs outside of the kernel. Two runs with
 * few and with many orders: what one more order takes is their difference, so that starting and
 * stopping do not count. Reactions are told that they have read everything, and the threads that
 * look for work behind the answer are left out. */
#include "bench/bench.h"

#include "faces/jobs/react.h"
#include "wire/http_server.h"

#include <dirent.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CLIENTS = 64, FEW = 256, MANY = 1280, NAMES_MAX = 8192, LINE_MAX_BYTES = 4096 };

enum part { SQLITE, JSON, HTTP, LIBC, CRYPTO, OURS, OTHERS, PARTS };
static const char *const part_keys[PARTS] = {
    "instructions.sqlite", "instructions.json", "instructions.http",  "instructions.libc",
    "instructions.crypto", "instructions.ours", "instructions.others"};

/* The first that stands in the object's or the source file's name. */
static const struct {
    const char *in;
    enum part part;
} places[] = {{"libsqlite3", SQLITE}, {"libjansson", JSON},    {"libmicrohttpd", HTTP},
              {"libsodium", CRYPTO},  {"libc.so", LIBC},       {"ld-linux", LIBC},
              {"libm.so", LIBC},      {"src/wire/json", JSON}, {"src/wire/http", HTTP},
              {"vgpreload", LIBC},    {"/waybill", OURS}};

static enum part part_of(const char *object, const char *file)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strstr(object, places[i].in) || strstr(file, places[i].in)) return places[i].part;
    return OTHERS;
}

/* Callgrind writes a name once, "(7) name", and then "(7)". */
struct names {
    char *at[NAMES_MAX];
};

static const char *name_of(struct names *n, char *text)
{
    size_t id = (size_t)strtoul(text + 1, &text, 10);
    if (id >= NAMES_MAX) return "";
    if (text[0] == ')' && text[1] == ' ') {
        free(n->at[id]);
        n->at[id] = strdup(text + 2);
    }
    return n->at[id] ? n->at[id] : "";
}

static void names_free(struct names *n)
{
    for (size_t i = 0; i < NAMES_MAX; i++) free(n->at[i]);
}

struct count {
    double of[PARTS];
};

/* Self cost of one thread; a line behind "calls=" tells what the callee took, which stands there.
 */
static void add_thread(FILE *f, struct count *out)
{
    static const char *const waits[] = {"run_reactions", "run_jobs", "run_feeds"};
    struct names objects = {{0}}, files = {{0}};
    struct count own = {{0}};
    char line[LINE_MAX_BYTES];
    const char *object = "", *file = "";
    bool is_call = false, is_left_out = false;
    enum part part = OTHERS;
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = 0;
        bool is_place = true;
        if (strncmp(line, "ob=", 3) == 0)
            object = name_of(&objects, line + 3);
        else if (strncmp(line, "fl=", 3) == 0 || strncmp(line, "fi=", 3) == 0 ||
                 strncmp(line, "fe=", 3) == 0)
            file = name_of(&files, line + 3);
        else
            is_place = false;
        if (is_place) part = part_of(object, file);
        if (strncmp(line, "cob=", 4) == 0) name_of(&objects, line + 4);
        if (strncmp(line, "cfi=", 4) == 0 || strncmp(line, "cfl=", 4) == 0)
            name_of(&files, line + 4);
        for (size_t i = 0; i < 3; i++)
            is_left_out |= strncmp(line, "fn=", 3) == 0 && strstr(line, waits[i]) != NULL;
        bool is_cost = line[0] == '+' || line[0] == '-' || line[0] == '*' ||
                       (line[0] >= '0' && line[0] <= '9');
        const char *space = is_cost ? strrchr(line, ' ') : NULL;
        if (space && !is_call) own.of[part] += strtod(space, NULL);
        is_call = strncmp(line, "calls=", 6) == 0;
    }
    for (int i = 0; i < PARTS && !is_left_out; i++) out->of[i] += own.of[i];
    names_free(&objects);
    names_free(&files);
}

/* All threads' files of a run, which are removed. */
static enum err add_up(struct ctx *c, const char *folder, struct count *out)
{
    DIR *dir = opendir(folder);
    *out = (struct count){{0}};
    for (struct dirent *d; dir && (d = readdir(dir));) {
        const char *path = text_cstr(c->arena, text_printf(c->arena, "%s/%s", folder, d->d_name));
        FILE *f = strncmp(d->d_name, "callgrind.", 10) == 0 ? fopen(path, "r") : NULL;
        if (!f) continue;
        add_thread(f, out);
        fclose(f);
        unlink(path);
    }
    if (dir) closedir(dir);
    double all = 0;
    for (int i = 0; i < PARTS; i++) all += out->of[i];
    return all > 0 ? OK : fail(c, ERR_UPSTREAM, "bench", "valgrind has counted nothing");
}

/* To every reaction all is read that will ever come. */
static enum err quiet_reactions(struct ctx *c, const char *path)
{
    struct buf sql = buf_new(c->arena);
    sqlite3 *db = NULL;
    for (const struct reaction *r = reactions; r->name; r++)
        buf_printf(&sql,
                   "INSERT OR REPLACE INTO consumer (merchant_id, name, position) SELECT "
                   "merchant_id, '%s', 1000000000000 FROM merchant;",
                   r->name);
    bool ok = sqlite3_open(path, &db) == SQLITE_OK &&
              sqlite3_exec(db, text_cstr(c->arena, buf_text(&sql)), NULL, NULL, NULL) == SQLITE_OK;
    enum err e = ok ? OK : fail(c, ERR_BUG, "bench", "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
    return e;
}

static enum err one_run(struct ctx *c, struct bench_options o, int64_t orders, struct count *out)
{
    const char *path = bench_path(c, o, "bench-count.db");
    const char *to =
        text_cstr(c->arena, text_printf(c->arena, "--callgrind-out-file=%s/callgrind.%%p", o.dir));
    const char *wrapper[] = {"valgrind", "-q", "--tool=callgrind", "--separate-threads=yes",
                             to,         NULL};
    struct bench_target server;
    struct bench_speed speed;
    TRY(bench_prepare(c, path, &server.key, NULL));
    enum err e = quiet_reactions(c, path);
    server.port = http_free_port();
    setenv("WAYBILL_QUEUE_MS", "600000", 1); /* so slow a writer would turn them away */
    /* Valgrind counts one instruction a byte of what the processor fills or copies in one. */
    setenv(
        "GLIBC_TUNABLES",
        "glibc.cpu.x86_rep_stosb_threshold=0x40000000:glibc.cpu.x86_rep_movsb_threshold=0x40000000",
        1);
    pid_t pid = e == OK ? bench_start(path, server.port, wrapper) : 0;
    unsetenv("WAYBILL_QUEUE_MS");
    unsetenv("GLIBC_TUNABLES");
    if (e == OK && !bench_answers(server.port, 60))
        e = fail(c, ERR_UPSTREAM, "bench", "the server does not start under valgrind");
    if (e == OK) e = bench_http(c, server, CLIENTS, 1, orders, &speed);
    bench_end(pid, SIGTERM);
    bench_drop(path);
    return e == OK ? add_up(c, o.dir, out) : e;
}

enum err bench_instructions(struct ctx *c, struct bench_options o, struct figures *f)
{
    struct count few, many;
    double all = 0;
    if (system("valgrind --version >/dev/null 2>&1") != 0) {
        if (!o.only) return OK;
        fail(c, ERR_NOT_FOUND, "no_valgrind", "instructions are counted by valgrind");
        return hint(c, "apt-get install valgrind");
    }
    TRY(one_run(c, o, FEW, &few));
    TRY(one_run(c, o, MANY, &many));
    for (int i = 0; i < PARTS; i++) {
        double one = (many.of[i] - few.of[i]) / (MANY - FEW);
        figure_take(f, part_keys[i], one);
        all += one;
    }
    figure_take(f, "instructions.order", all);
    return OK;
}
