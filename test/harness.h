/* test/harness.h: tests register themselves; the last line is always "N passed, M failed".
 *
 *   TEST(money, parts_sum_to_the_whole) { CHECK_I64(3, sum); }
 *
 * build/asan/tests           runs all
 * build/asan/tests money     runs the suites and tests whose name contains "money"
 * A test that needs something that is not there calls SKIP("why") and counts as skipped. */
#pragma once

#include "base/ctx.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct test {
    const char *suite, *name, *file;
    void (*run)(void);
    struct test *next;
};

void test_register(struct test *t);
void test_fail(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void test_skip(const char *why);
/* Of the running test, without the engine that it runs on. */
void test_name(char *out, size_t size);
bool test_failed(void); /* has the running test failed already? */

#define TEST(suite_, name_)                                                                        \
    static void test_##suite_##_##name_(void);                                                     \
    __attribute__((constructor)) static void register_##suite_##_##name_(void)                     \
    {                                                                                              \
        static struct test t = {#suite_, #name_, __FILE__, test_##suite_##_##name_, NULL};         \
        test_register(&t);                                                                         \
    }                                                                                              \
    static void test_##suite_##_##name_(void)

#define SKIP(why)                                                                                  \
    do {                                                                                           \
        test_skip(why);                                                                            \
        return;                                                                                    \
    } while (0)

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) test_fail(__FILE__, __LINE__, "not so: %s", #condition);                 \
    } while (0)
#define CHECK_I64(expected, actual)                                                                \
    do {                                                                                           \
        int64_t want_ = (expected), got_ = (actual);                                               \
        if (want_ != got_)                                                                         \
            test_fail(__FILE__, __LINE__, "%s: want %lld, got %lld", #actual, (long long)want_,    \
                      (long long)got_);                                                            \
    } while (0)
#define CHECK_TEXT(expected, actual)                                                               \
    do {                                                                                           \
        struct text want_ = text_of(expected), got_ = (actual);                                    \
        if (!text_eq(want_, got_))                                                                 \
            test_fail(__FILE__, __LINE__, "%s: want \"%.*s\", got \"%.*s\"", #actual,              \
                      TEXT_ARG(want_), TEXT_ARG(got_));                                            \
    } while (0)
#define CHECK_OK(c, call)                                                                          \
    do {                                                                                           \
        enum err e_ = (call);                                                                      \
        if (e_ != OK)                                                                              \
            test_fail(__FILE__, __LINE__, "%s: %s %s at %s: %s", #call, err_name(e_),              \
                      (c)->fault.reason, (c)->fault.field, (c)->fault.detail);                     \
    } while (0)
/* The call fails with this code and this reason. */
#define CHECK_FAULT(c, code_, reason_, call)                                                       \
    do {                                                                                           \
        enum err e_ = (call);                                                                      \
        if (e_ != (code_) || !text_eq(text_of(reason_), text_of((c)->fault.reason)))               \
            test_fail(__FILE__, __LINE__, "%s: want %s %s, got %s %s: %s", #call, err_name(code_), \
                      (reason_), err_name(e_), (c)->fault.reason, (c)->fault.detail);              \
    } while (0)
/* The text equals test/golden/NAME; UPDATE_GOLDEN=1 rewrites the file. */
void check_golden(const char *file, int line, const char *name, struct text actual);
#define CHECK_GOLDEN(name, actual) check_golden(__FILE__, __LINE__, (name), (actual))
