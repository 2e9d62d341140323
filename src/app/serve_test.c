/* app/serve_test.c: the program as its users run it: processes, signals, a real port. */
#include "app/serve.h"

#include "app/node.h"
#include "wire/http_client.h"
#include "world.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* All keys fit into one list (api_key_list shows 1000), however the clients take turns. */
enum { ARGS_MAX = 16, CLIENTS = 4, WRITES_MAX = 240, WRITES_BEFORE = 80 };

struct house {
    struct arena arena;
    struct ctx ctx;
    struct source source;
    char path[64];
    pid_t server;
    struct text url, key;
};

static void house_open(struct house *h)
{
    static int count;
    memset(h, 0, sizeof *h);
    source_real(&h->source, 0);
    h->ctx = (struct ctx){.arena = &h->arena, .source = &h->source};
    if (mkdir("build/tmp", 0755) != 0) { /* there already, or store_open will say so */
    }
    snprintf(h->path, sizeof h->path, "build/tmp/serve_%d_%d.db", (int)getpid(), ++count);
}

static void house_close(struct house *h)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", h->path, endings[i]);
        unlink(path);
    }
    arena_free(&h->arena);
}

/* `waybill` in a process of its own; *from reads what it prints. */
static pid_t spawn(int *from, const char *const *args)
{
    int ends[2];
    char *argv[ARGS_MAX + 1] = {NULL};
    int argc = 0;
    for (; args[argc] && argc < ARGS_MAX; argc++) argv[argc] = strdup(args[argc]);
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(quiet, STDERR_FILENO);
        int code = cli_main(argc, argv);
        fflush(NULL);
        _exit(code);
    }
    for (int i = 0; i < argc; i++) free(argv[i]);
    close(ends[1]);
    *from = ends[0];
    return pid;
}

static struct text read_until(struct arena *a, int from, const char *enough)
{
    struct buf b = buf_new(a);
    buf_puts(&b, "");
    while (!enough || text_find(buf_text(&b), text_of(enough)) < 0) {
        ssize_t n = read(from, buf_space(&b, 4096), 4096);
        if (n <= 0) break;
        b.len += (size_t)n;
    }
    return buf_text(&b);
}

static int end_of(pid_t pid)
{
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

#define WAYBILL(h, out, ...)                                                                       \
    waybill((h), (out), (const char *const[]){"waybill", __VA_ARGS__, NULL})
static int waybill(struct house *h, struct text *out, const char *const *args)
{
    int from;
    pid_t pid = spawn(&from, args);
    struct text said = read_until(&h->arena, from, NULL);
    if (out) *out = said;
    close(from);
    return end_of(pid);
}

static struct text between(struct text t, const char *before, char after)
{
    ptrdiff_t at = text_find(t, text_of(before));
    struct text rest;
    if (at < 0) return (struct text){0};
    return text_split(text_skip(t, (size_t)at + strlen(before)), after, &rest);
}

static bool serve(struct house *h)
{
    int from;
    h->server = spawn(&from, (const char *const[]){"waybill", "serve", "--db", h->path, "--listen",
                                                   "127.0.0.1:0", "--log", "error", NULL});
    struct text said = read_until(&h->arena, from, "\n");
    h->url = between(said, "listens at ", ' ');
    if (!h->url.len) test_fail(__FILE__, __LINE__, "it does not serve: %.*s", TEXT_ARG(said));
    close(from);
    return h->url.len;
}

static void make_key(struct house *h)
{
    struct text said;
    CHECK_I64(0, WAYBILL(h, &said, "keys", "create", "--db", h->path, "--scope", "all", "--json"));
    h->key = between(said, "\"key\":\"", '"');
    CHECK(h->key.len);
}

static int ask(struct house *h, struct ctx *c, const char *method, const char *path,
               struct text body, struct text once, struct text *answer)
{
    struct text bearer = text_printf(c->arena, "Bearer %.*s", TEXT_ARG(h->key));
    struct http_header headers[] = {{"Authorization", bearer},
                                    {"Content-Type", T("application/json")},
                                    {"Idempotency-Key", once}};
    struct http_call call = {.method = method,
                             .url = text_printf(c->arena, "%.*s%s", TEXT_ARG(h->url), path),
                             .headers = {headers, once.at ? 3 : 2},
                             .body = body,
                             .allow_private = true};
    struct http_answer got;
    if (http_call(c, &call, &got) != OK) return 0;
    if (answer) *answer = got.body;
    return got.status;
}

/* --- writes through a stop ------------------------------------------------------------------- */

struct client {
    struct house *house;
    pthread_t thread;
    int number;
    atomic_int accepted; /* names client-number-0 to accepted - 1 */
};

static void *write_on(void *arg)
{
    struct client *k = arg;
    struct arena a = {0};
    for (int i = 0; i < WRITES_MAX; i++) {
        arena_reset(&a);
        struct ctx c = {.arena = &a, .source = &k->house->source};
        struct text body = text_printf(
            &a, "{\"scopes\":[\"orders:read\"],\"name\":\"client-%d-%d.\"}", k->number, i);
        struct text once = text_printf(&a, "%d-%d", k->number, i);
        if (ask(k->house, &c, "POST", "/v1/keys", body, once, NULL) != 201) break;
        atomic_store(&k->accepted, i + 1);
    }
    arena_free(&a);
    return NULL;
}

static int accepted_by_all(struct client *clients)
{
    int total = 0;
    for (int k = 0; k < CLIENTS; k++) total += atomic_load(&clients[k].accepted);
    return total;
}

static void check_kept(struct house *h, struct client *clients)
{
    struct text said;
    int total = 0;
    CHECK_I64(0, WAYBILL(h, &said, "keys", "list", "--db", h->path, "--json"));
    for (int k = 0; k < CLIENTS; k++) {
        for (int i = 0; i < atomic_load(&clients[k].accepted); i++) {
            struct text name = text_printf(&h->arena, "\"client-%d-%d.\"", k, i);
            if (text_find(said, name) < 0)
                test_fail(__FILE__, __LINE__, "%.*s was accepted and is lost", TEXT_ARG(name));
            total++;
        }
    }
    CHECK(total > 0);
}

static void stop_while_clients_write(int signal_number, int expected)
{
    struct house h;
    struct client clients[CLIENTS];
    house_open(&h);
    make_key(&h);
    if (serve(&h)) {
        for (int k = 0; k < CLIENTS; k++) {
            clients[k] = (struct client){.house = &h, .number = k};
            pthread_create(&clients[k].thread, NULL, write_on, &clients[k]);
        }
        for (int i = 0; i < 1000 && accepted_by_all(clients) < WRITES_BEFORE; i++) usleep(5000);
        kill(h.server, signal_number);
        CHECK_I64(expected, end_of(h.server));
        for (int k = 0; k < CLIENTS; k++) pthread_join(clients[k].thread, NULL);
        check_kept(&h, clients);
    }
    house_close(&h);
}

TEST(serve, a_stop_loses_nothing_that_was_accepted) { stop_while_clients_write(SIGTERM, 0); }

TEST(serve, who_still_comes_while_it_drains_is_served)
{
    struct house h;
    house_open(&h);
    make_key(&h);
    setenv("WAYBILL_DRAIN", "1", 1);
    bool is_up = serve(&h);
    unsetenv("WAYBILL_DRAIN");
    if (is_up) {
        struct ctx c = {.arena = &h.arena, .source = &h.source};
        struct text none = {0}, key = T("{\"scopes\":[\"orders:read\"],\"name\":\"late\"}");
        CHECK_I64(200, ask(&h, &c, "GET", "/readyz", none, none, NULL));
        kill(h.server, SIGTERM);
        int ready = 200;
        for (int i = 0; i < 1000 && ready == 200; i++)
            ready = ask(&h, &c, "GET", "/readyz", none, none, NULL);
        CHECK_I64(503, ready);
        CHECK_I64(201, ask(&h, &c, "POST", "/v1/keys", key, T("late"), NULL));
        CHECK_I64(0, end_of(h.server));
    }
    house_close(&h);
}

TEST(serve, a_crash_loses_nothing_that_was_accepted)
{
    stop_while_clients_write(SIGKILL, -SIGKILL);
}

TEST(serve, a_repeated_write_after_a_crash_has_one_effect)
{
    struct house h;
    struct text answer;
    house_open(&h);
    make_key(&h);
    if (serve(&h)) {
        int first = ask(&h, &h.ctx, "POST", "/v1/keys?preview=1", T("{\"scopes\":[\"all\"]}"),
                        T("a"), NULL);
        CHECK_I64(201, first);
        CHECK_I64(201,
                  ask(&h, &h.ctx, "POST", "/v1/keys", T("{\"scopes\":[\"all\"]}"), T("a"), NULL));
        kill(h.server, SIGKILL);
        CHECK_I64(-SIGKILL, end_of(h.server));
        if (serve(&h)) {
            CHECK_I64(409, ask(&h, &h.ctx, "POST", "/v1/keys", T("{\"scopes\":[\"all\"]}"), T("a"),
                               &answer));
            CHECK(text_find(answer, T("answer_not_kept")) >= 0);
            kill(h.server, SIGTERM);
            CHECK_I64(0, end_of(h.server));
        }
    }
    house_close(&h);
}

/* --- the command line ------------------------------------------------------------------------ */

TEST(serve, one_verb_works_on_the_file_and_on_the_server)
{
    struct house h;
    struct text here, there;
    house_open(&h);
    make_key(&h);
    CHECK_I64(0, WAYBILL(&h, &here, "keys", "list", "--db", h.path));
    CHECK(text_starts(here, T("ID ")));
    if (serve(&h)) {
        const char *url = text_cstr(&h.arena, h.url), *key = text_cstr(&h.arena, h.key);
        CHECK_I64(0, WAYBILL(&h, &there, "keys", "list", "--server", url, "--key", key));
        CHECK(text_eq(here, there));
        CHECK_I64(5, WAYBILL(&h, NULL, "keys", "list", "--server", url, "--key", "wbk_no"));
        CHECK_I64(6, WAYBILL(&h, NULL, "keys", "list", "--db", h.path));
        CHECK_I64(3,
                  WAYBILL(&h, NULL, "keys", "revoke", "nonsense", "--server", url, "--key", key));
        kill(h.server, SIGTERM);
        CHECK_I64(0, end_of(h.server));
    }
    CHECK_I64(6, WAYBILL(&h, NULL, "keys", "list", "--server", "http://127.0.0.1:1", "--key", "k"));
    house_close(&h);
}

TEST(serve, wrong_use_says_so_and_ends_in_2)
{
    struct house h;
    struct text said;
    house_open(&h);
    CHECK_I64(2, WAYBILL(&h, NULL, "nonsense", "--db", h.path));
    CHECK_I64(2, WAYBILL(&h, NULL, "keys", "--db", h.path));
    CHECK_I64(2, WAYBILL(&h, NULL, "keys", "revoke", "--db", h.path));
    CHECK_I64(2, WAYBILL(&h, NULL, "keys", "create", "--db", h.path));
    CHECK_I64(2, WAYBILL(&h, NULL, "keys", "create", "--db", h.path, "--scope", "nonsense"));
    CHECK_I64(2, WAYBILL(&h, NULL, "keys", "create", "--db", h.path, "--sope", "all"));
    CHECK_I64(2, WAYBILL(&h, NULL, "keys", "list", "extra", "--db", h.path));
    CHECK_I64(2, WAYBILL(&h, NULL, "serve", "--db", h.path, "--threads", "many"));
    CHECK_I64(2, WAYBILL(&h, NULL, "keys", "list", "--db", "/nowhere/x.db"));
    CHECK_I64(2, WAYBILL(&h, NULL, "keys", "list", "--db", "mysql://host/shop"));
    CHECK_I64(0, WAYBILL(&h, &said, "keys", "create", "--help"));
    CHECK(text_find(said, T("--scopes")) >= 0);
    CHECK_I64(0, WAYBILL(&h, &said, "help"));
    CHECK(text_find(said, T("keys create")) >= 0);
    CHECK_I64(0, WAYBILL(&h, &said, "serve", "--help"));
    CHECK(text_find(said, T("--drain SECONDS")) >= 0);
    CHECK_I64(0, WAYBILL(&h, &said, "help", "ship", "handover"));
    CHECK(text_find(said, T("scan TEXT  (needed)")) >= 0);
    CHECK_I64(2, WAYBILL(&h, NULL, "help", "nonsense"));
    CHECK_I64(0, WAYBILL(&h, &said, "completion", "bash"));
    CHECK(text_find(said, T("2:keys) COMPREPLY=($(compgen -W 'create list revoke'")) >= 0);
    CHECK_I64(0, WAYBILL(&h, &said, "doctor", "--db", h.path));
    house_close(&h);
}

TEST(serve, things_go_by_the_names_that_people_use_and_mistakes_are_told)
{
    struct house h;
    struct text said;
    char junk[] = "/tmp/waybill-junk-XXXXXX";
    int fd = mkstemp(junk);
    house_open(&h);
    CHECK(fd >= 0 && write(fd, "# Waybill\nwords\n", 16) == 16);
    CHECK_I64(0, WAYBILL(&h, &said, "bins", "list", "MAIN", "--db", h.path));
    CHECK(text_find(said, T("RECEIVING")) >= 0);
    CHECK_I64(3, WAYBILL(&h, NULL, "bins", "list", "MIAN", "--db", h.path));
    CHECK_I64(
        0, WAYBILL(&h, NULL, "products", "add", "--sku", "M-1", "--name", "Mug", "--db", h.path));
    CHECK_I64(0, WAYBILL(&h, &said, "products", "show", "M-1", "--db", h.path));
    CHECK(text_find(said, T("Mug")) >= 0);
    CHECK_I64(3, WAYBILL(&h, NULL, "products", "show", "M-2", "--db", h.path));
    CHECK_I64(2, WAYBILL(&h, &said, "import", "orders", junk, "--db", h.path)); /* nothing fits */
    CHECK(text_find(said, T("row 1: ")) >= 0);
    CHECK_I64(3, WAYBILL(&h, NULL, "audit", "--db", "/tmp/waybill-is-not-there.db"));
    CHECK(access("/tmp/waybill-is-not-there.db", F_OK) != 0);
    close(fd);
    unlink(junk);
    house_close(&h);
}

TEST(serve, a_preview_from_the_command_line_changes_nothing)
{
    struct house h;
    struct text before, after, said;
    house_open(&h);
    CHECK_I64(0, WAYBILL(&h, &before, "keys", "list", "--db", h.path, "--json"));
    CHECK_I64(0, WAYBILL(&h, &said, "keys", "create", "--db", h.path, "--scope",
                         "orders:read,stock:read", "--preview"));
    CHECK(text_find(said, T("orders:read,stock:read")) >= 0);
    CHECK_I64(0, WAYBILL(&h, &said, "keys", "create", "--db", h.path, "--json",
                         "{\"scopes\":[\"admin\"]}", "--preview"));
    CHECK(text_find(said, T("\"scopes\":[\"admin\"]")) >= 0);
    CHECK_I64(0, WAYBILL(&h, &after, "keys", "list", "--db", h.path, "--json"));
    CHECK(text_eq(before, after));
    house_close(&h);
}

/* --- numbers of processes -------------------------------------------------------------------- */

TEST_BOTH(node, two_processes_never_have_one_number)
{
    struct node a, b, again;
    struct ctx *c = &w->ctx;
    CHECK_OK(c, node_take(c, &a));
    CHECK_OK(c, node_take(c, &b));
    CHECK(a.node_id != b.node_id);
    source_advance_us(&w->source, NODE_LEASE_US / 2);
    CHECK_OK(c, node_renew(c, &b));
    source_advance_us(&w->source, NODE_LEASE_US / 2 + 1);
    CHECK_OK(c, node_take(c, &again));
    CHECK_I64(a.node_id, again.node_id);
    CHECK_FAULT(c, ERR_CONFLICT, "node_lost", node_renew(c, &a));
    CHECK_OK(c, node_renew(c, &b));
    CHECK_OK(c, node_give_back(c, &b));
    source_advance_us(&w->source, 2 * SECOND_US);
    CHECK_OK(c, node_take(c, &a));
    CHECK_I64(b.node_id, a.node_id);
}
