#include "faces/cli/checkup.h"

#include "base/source.h"
#include "base/time.h"
#include "domain/audit/audit.h"
#include "domain/events/event.h"
#include "domain/people/people.h"
#include "faces/jobs/react.h"
#include "queries.h"
#include "store/db.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const char *const healths[] = {"ok", "warning", "problem"};
const struct words health_words = WORDS("health", healths);

static const struct field line_table[] = {
    FIELD_ENUM(struct health_line, health, health_words),
    FIELD(struct health_line, what),
    FIELD(struct health_line, found),
    FIELD(struct health_line, advice),
};
const struct fields health_line_fields = FIELDS("health_line", struct health_line, line_table);

static void add(struct ctx *c, struct checkup *out, enum health health, struct text what,
                struct text found, const char *advice)
{
    struct health_line *l = arena_push(c->arena, out->lines, out->count, out->capacity);
    *l = (struct health_line){.health = (int32_t)health, .what = what, .found = found};
    if (health != HEALTH_OK) l->advice = text_of(advice);
    out->warnings += health == HEALTH_WARNING;
    out->problems += health == HEALTH_PROBLEM;
}

static void unreadable(struct ctx *c, struct checkup *out, struct text what)
{
    add(c, out, HEALTH_PROBLEM, what, text_printf(c->arena, "cannot be read: %s", c->fault.detail),
        "see the lines above; run waybill migrate when the schema is not this program's");
    c->fault = (struct fault){0};
}

/* --- the engine ------------------------------------------------------------------------------ */

struct setting {
    struct text name, value;
};
static const struct field setting_table[] = {
    FIELD(struct setting, name),
    FIELD(struct setting, value),
};
static const struct fields setting_fields = FIELDS("setting", struct setting, setting_table);

/* What a setting has to be for "committed" to mean "still there after the lights go out". */
static const struct {
    const char *name, *wanted, *advice;
} rules[] = {
    {"journal_mode", "wal", "set it back: PRAGMA journal_mode = WAL"},
    {"fsync", "on", "orders are lost when the machine stops: set fsync = on"},
    {"full_page_writes", "on", "a torn page cannot be repaired: set full_page_writes = on"},
    {"synchronous_commit", "on", "the newest orders are lost when the server stops: set it on"},
};

static void check_settings(struct ctx *c, struct checkup *out)
{
    struct list list;
    if (db_rows(c, &Q_checkup_settings, NO_ARGS, &setting_fields, &list) != OK) {
        unreadable(c, out, T("the engine's settings"));
        return;
    }
    const struct setting *at = list.at;
    for (size_t i = 0; i < list.count; i++) {
        const char *advice = "";
        bool is_good = true;
        for (size_t r = 0; r < sizeof rules / sizeof *rules; r++) {
            if (!text_is(at[i].name, rules[r].name)) continue;
            is_good = text_is(at[i].value, rules[r].wanted);
            advice = rules[r].advice;
        }
        add(c, out, is_good ? HEALTH_OK : HEALTH_PROBLEM, at[i].name, at[i].value, advice);
    }
}

static void bad_query(struct ctx *c, void *arg, const struct query *q)
{
    add(c, arg, HEALTH_PROBLEM, text_of(q->name), text_copy(c->arena, text_of(c->fault.detail)),
        "the schema is not this program's: run waybill migrate");
}

static void check_schema(struct ctx *c, struct checkup *out)
{
    struct audit_finding f = {0};
    if (audit_ask(c, audit_find(T("I-62")), &f) != OK) {
        unreadable(c, out, T("schema"));
        return;
    }
    if (f.differences)
        add(c, out, HEALTH_PROBLEM, T("schema"),
            text_printf(c->arena, "%s: %s", f.examples[0].subject, f.examples[0].what),
            "run waybill migrate with the program that the database belongs to");
    else
        add(c, out, HEALTH_OK, T("schema"), text_printf(c->arena, "%lld steps", (long long)f.rows),
            "");
    size_t before = out->count;
    c->fault = (struct fault){0};
    (void)db_prepare_all(c, bad_query, out);
    if (out->count == before) add(c, out, HEALTH_OK, T("statements"), T("all fit the schema"), "");
}

static void check_file(struct ctx *c, struct checkup *out)
{
    int64_t is_whole = 0;
    enum err e = db_ask(c, "SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'",
                        "SELECT 0", &is_whole);
    if (e != OK)
        unreadable(c, out, T("the file"));
    else if (is_whole != 0)
        add(c, out, HEALTH_PROBLEM, T("the file"), T("is damaged"),
            "stop the server, keep a copy of the file, restore the newest backup");
    else
        add(c, out, HEALTH_OK, T("the file"), T("is whole"), "");
}

/* --- the machine ----------------------------------------------------------------------------- */

static void check_disk(struct ctx *c, struct checkup *out, const char *path)
{
    struct statvfs disk;
    if (statvfs(path, &disk) != 0) return;
    long long free_mib = (long long)((unsigned long long)disk.f_bavail * disk.f_frsize >> 20);
    enum health health = free_mib < CHECKUP_FREE_MIB_MIN    ? HEALTH_PROBLEM
                         : free_mib < CHECKUP_FREE_MIB_GOOD ? HEALTH_WARNING
                                                            : HEALTH_OK;
    add(c, out, health, T("room on the disk"), text_printf(c->arena, "%lld MiB free", free_mib),
        "make room: a full disk stops every write");
}

static void check_rights(struct ctx *c, struct checkup *out, const char *path)
{
    struct stat s;
    if (stat(path, &s) != 0) return;
    struct text found = text_printf(c->arena, "%03o", (unsigned)(s.st_mode & 0777));
    if (s.st_mode & 002)
        add(c, out, HEALTH_PROBLEM, T("the file's rights"), found,
            "anybody may change it: chmod 600, and give it to the server's user");
    else
        add(c, out, s.st_mode & 004 ? HEALTH_WARNING : HEALTH_OK, T("the file's rights"), found,
            "everybody on this machine may read the customers: chmod 640 or 600");
}

/* A look, not a lock: the file may be in use. */
static void check_lock(struct ctx *c, struct checkup *out, const char *path)
{
    char holder[24] = "";
    const char *lock = text_cstr(c->arena, text_printf(c->arena, "%s.lock", path));
    int file = open(lock, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        add(c, out, HEALTH_OK, T("in use"), T("by nobody"), "");
        return;
    }
    bool is_free = flock(file, LOCK_EX | LOCK_NB) == 0;
    ssize_t n = pread(file, holder, sizeof holder - 1, 0);
    holder[n > 0 ? strcspn(holder, "\n") : 0] = 0;
    close(file);
    add(c, out, HEALTH_OK, T("in use"),
        is_free ? T("by nobody") : text_printf(c->arena, "by process %s", holder), "");
}

static bool has_font;

static int is_font(const char *path, const struct stat *status, int kind, struct FTW *at)
{
    const char *end = strrchr(path, '.');
    (void)status;
    (void)at;
    if (kind != FTW_F || !end) return 0;
    has_font = strcmp(end, ".ttf") == 0 || strcmp(end, ".otf") == 0 || strcmp(end, ".pfb") == 0 ||
               strcmp(end, ".ttc") == 0;
    return has_font;
}

static void check_fonts(struct ctx *c, struct checkup *out)
{
    static const char *const folders[] = {"/usr/share/fonts", "/usr/local/share/fonts"};
    has_font = false;
    for (size_t i = 0; i < 2 && !has_font; i++) (void)nftw(folders[i], is_font, 16, FTW_PHYS);
    add(c, out, has_font ? HEALTH_OK : HEALTH_WARNING, T("fonts"),
        has_font ? T("there are some") : T("there are none"),
        "labels and slips would be empty: apt-get install fonts-dejavu-core");
}

static void check_mail(struct ctx *c, struct checkup *out)
{
    const char *server = getenv("WAYBILL_SMTP"), *folder = getenv("WAYBILL_MAIL_FOLDER");
    if (server && *server)
        add(c, out, HEALTH_OK, T("mail"), text_printf(c->arena, "by %s", server), "");
    else
        add(c, out, HEALTH_WARNING, T("mail"),
            folder && *folder ? text_printf(c->arena, "into the folder %s", folder)
                              : T("into a folder"),
            "customers get none: set WAYBILL_SMTP where the server is started");
}

static void check_links(struct ctx *c, struct checkup *out)
{
    const char *url = getenv("WAYBILL_URL");
    bool is_set = url && *url;
    add(c, out, is_set ? HEALTH_OK : HEALTH_WARNING, T("links in mails"),
        is_set ? text_of(url) : T("begin with the server's own address"),
        "customers cannot open them: set WAYBILL_URL where the server is started");
}

static void check_clock(struct ctx *c, struct checkup *out, int64_t newest_us)
{
    int64_t now_us = source_now_us(c->source);
    struct text found = instant_text(c->arena, now_us);
    bool is_possible = now_us > civil_to_us((struct civil){.year = 2025, .month = 1, .day = 1});
    bool is_behind = newest_us > now_us + MINUTE_US;
    add(c, out, is_possible && !is_behind ? HEALTH_OK : HEALTH_PROBLEM, T("clock"), found,
        is_behind ? "it stands before the newest event: set it, and keep it set (chrony)"
                  : "set it, and keep it set (chrony)");
}

/* --- merchants ------------------------------------------------------------------------------- */

struct count {
    struct text name;
    int64_t n;
};
static const struct field count_table[] = {
    FIELD(struct count, name),
    FIELD(struct count, n),
};
static const struct fields count_fields = FIELDS("count", struct count, count_table);

static const struct {
    const char *name, *advice;
    enum health health;
} worries[] = {
    {"unanswered payments", "see waybill why ORDER; the provider may be away", HEALTH_PROBLEM},
    {"unanswered labels", "see waybill why ORDER; the carrier may be away", HEALTH_PROBLEM},
    {"dead jobs", "each gave up for a reason that it keeps: see to it, then ask again",
     HEALTH_PROBLEM},
    {"skipped events",
     "a reaction failed at them: waybill reactions skipped says why, reactions retry does them",
     HEALTH_PROBLEM},
    {"late jobs", "nobody does them: is waybill serve running?", HEALTH_WARNING},
};

static void check_counts(struct ctx *c, struct checkup *out, const struct merchant *m,
                         int64_t *newest_us)
{
    struct list list;
    int64_t before_us = source_now_us(c->source) - CHECKUP_WORRY_US;
    struct values args = ARGS(I64(m->merchant_id), I64(before_us));
    if (db_rows(c, &Q_checkup_of_merchant, args, &count_fields, &list) != OK) {
        unreadable(c, out, m->code);
        return;
    }
    const struct count *at = list.at;
    for (size_t i = 0; i < list.count; i++) {
        if (text_is(at[i].name, "newest event") && at[i].n > *newest_us) *newest_us = at[i].n;
        for (size_t k = 0; k < sizeof worries / sizeof *worries; k++) {
            if (!text_is(at[i].name, worries[k].name)) continue;
            add(c, out, at[i].n ? worries[k].health : HEALTH_OK,
                text_printf(c->arena, "%.*s: %.*s", TEXT_ARG(m->code), TEXT_ARG(at[i].name)),
                text_printf(c->arena, "%lld", (long long)at[i].n), worries[k].advice);
        }
    }
}

static void check_reactions(struct ctx *c, struct checkup *out, const struct merchant *m)
{
    int64_t last = 0, worst = 0;
    const char *name = "";
    if (event_last_position(c, &last) != OK) {
        unreadable(c, out, m->code);
        return;
    }
    for (const struct reaction *r = reactions; r->name; r++) {
        int64_t position = 0;
        if (consumer_get(c, text_of(r->name), &position) != OK || last - position <= worst)
            continue;
        worst = last - position;
        name = r->name;
    }
    struct text found =
        worst ? text_printf(c->arena, "%s is %lld events behind", name, (long long)worst)
              : text_printf(c->arena, "all %lld events seen", (long long)last);
    add(c, out, worst > CHECKUP_LAG_MAX ? HEALTH_WARNING : HEALTH_OK,
        text_printf(c->arena, "%.*s: reactions", TEXT_ARG(m->code)), found,
        "what follows from events waits: is waybill serve running?");
}

static void check_merchants(struct ctx *c, struct checkup *out, int64_t *newest_us)
{
    struct list merchants;
    if (merchant_list(c, &merchants) != OK) {
        unreadable(c, out, T("merchants"));
        return;
    }
    const struct merchant *at = merchants.at;
    if (!merchants.count)
        add(c, out, HEALTH_WARNING, T("merchants"), T("there are none"),
            "the first start of waybill serve makes one");
    for (size_t i = 0; i < merchants.count; i++) {
        c->merchant_id = at[i].merchant_id;
        check_counts(c, out, &at[i], newest_us);
        check_reactions(c, out, &at[i]);
    }
}

void checkup_run(struct ctx *c, const char *path, struct checkup *out)
{
    int64_t newest_us = 0;
    *out = (struct checkup){0};
    if (store_reader(c) != OK) {
        unreadable(c, out, T("database"));
        return;
    }
    add(c, out, HEALTH_OK, T("database"), text_of(store_address(c->store)), "");
    check_settings(c, out);
    check_schema(c, out);
    if (store_engine(c->store) == DB_SQLITE) {
        check_file(c, out);
        check_lock(c, out, path);
        check_rights(c, out, path);
        check_disk(c, out, path);
    }
    check_merchants(c, out, &newest_us);
    check_clock(c, out, newest_us);
    check_fonts(c, out);
    check_mail(c, out);
    check_links(c, out);
}
