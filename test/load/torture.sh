#!/bin/sh
# A few deaths and races on both engines. Says "ok NAME" or "FAILED NAME".
program=build/waybill
run() { # name arguments
    name=$1
    shift
    if "$program" torture "$@" 2>&1; then echo "ok $name"; else echo "FAILED $name"; fi
}
run torture_sqlite --kills 5 --rounds 300
[ -z "${WAYBILL_TEST_PG:-}" ] || run torture_postgres --kills 5 --rounds 50 --db "$WAYBILL_TEST_PG"
sh script/mutants --check >/dev/null && echo "ok mutants_apply" || echo "FAILED mutants_apply"
