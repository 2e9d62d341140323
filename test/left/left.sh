#!/bin/sh
# The same test leaves the same rows on SQLite and on PostgreSQL: compares what script/test's two
# runs wrote by WAYBILL_TEST_LEFT (test/left.c), table by table. Left out are tests with several
# threads; those that draw keys, tokens or salts from the system, as their differing rows of
# api_key, session or person say; and those in test/left/may_differ.txt, with the reason.
set -eu
here=$(dirname "$0")
sqlite=${1:-build/left.sqlite} postgres=${2:-build/left.postgres}
[ -s "$sqlite" ] && [ -s "$postgres" ] || { echo "skipped left: no run of both engines"; exit 0; }
awk -v excuses="$here/may_differ.txt" -v least="${LEFT_LEAST:-400}" '
BEGIN {
    while ((getline line < excuses) > 0) { split(line, part, " "); excused[part[1]] = 1 }
}
$1 == "sqlite" { lite[$2] = 1; left[$2, $3] = $4 " " $5; at[$2] = at[$2] " " $3 }
$1 == "postgres" { server[$2] = 1; there[$2, $3] = $4 " " $5; at[$2] = at[$2] " " $3 }
END {
    for (test in at) {
        if (!lite[test] || !server[test] || test in excused) continue
        n = split(at[test], tables, " ")
        split("", seen); wrong = ""; drawn = 0
        for (i = 1; i <= n; i++) {
            t = tables[i]
            if (t in seen) continue
            seen[t] = 1
            if (left[test, t] == there[test, t]) continue
            wrong = wrong " " t
            if (t == "api_key" || t == "session" || t == "person") drawn = 1
        }
        if (drawn) continue
        compared++
        if (wrong) print "FAILED " test " leaves other rows on PostgreSQL than on SQLite in:" wrong
        else same++
    }
    if (compared < least) print "FAILED left: only " compared + 0 " tests could be compared"
    else if (same == compared) print "ok " same " tests leave the same rows on both engines"
}' "$sqlite" "$postgres"
