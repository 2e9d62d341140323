# Turns the .sql files beside the code into numbered queries in both dialects.
#
#   -- name: order_line_put :many          a query; ":many" takes a set of rows (see store/db.h)
#   -- any other comment                   dropped
#   --pg: FOR UPDATE SKIP LOCKED           a line for one engine only (also --sqlite:)
#
# $1 is a parameter. $2[] is a set of numbers, $2:text[] of texts: "order_id IN $2[]" becomes
# "= ANY($2)" on PostgreSQL and "IN (SELECT value FROM json_each(?2))" on SQLite.
# In a :many query, $3:text and $3:bytes name the type of a column of the set; the rest are numbers.
# A :many INSERT has "VALUES (...)"; a :many UPDATE or DELETE has one WHERE at the start of a line.

function die(what) { printf "%s:%d: %s: %s\n", file, line, name, what > "/dev/stderr"; failed = 1; exit 1 }
function quote(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); gsub(/\n/, "\\n\"\n    \"", s); return "\"" s "\"" }

function lite(s,    out, n, type, set) {
    out = ""
    while (match(s, /\$[0-9]+(:[a-z0-9]+)?(\[\])?/)) {
        n = substr(s, RSTART + 1, RLENGTH - 1); set = n ~ /\[\]/
        sub(/[:\[].*/, "", n)
        out = out substr(s, 1, RSTART - 1) (set ? "(SELECT value FROM json_each(?" n "))" : "?" n)
        s = substr(s, RSTART + RLENGTH)
    }
    return out s
}
function pg(s,    out, n, set) {
    out = ""
    gsub(/ IN \$/, " = ANY $", s)
    while (match(s, /\$[0-9]+(:[a-z0-9]+)?(\[\])?/)) {
        n = substr(s, RSTART + 1, RLENGTH - 1); set = n ~ /\[\]/
        type = n ~ /:text/ ? "text" : "bigint"
        sub(/[:\[].*/, "", n)
        out = out substr(s, 1, RSTART - 1) (set ? "($" n "::" type "[])" : "$" n)
        s = substr(s, RSTART + RLENGTH)
    }
    return out s
}
function many(s,    i, set, names, cast, values) {
    set = "unnest("; names = "ord"
    for (i = 1; i <= args; i++) {
        cast = types[i] == "t" ? "text" : types[i] == "b" ? "bytea" : "bigint"
        set = set (i > 1 ? ", " : "") "$" i "::" cast "[]"
    }
    set = set ") WITH ORDINALITY AS v("
    for (i = 1; i <= args; i++) set = set (i > 1 ? ", " : "") "p" i
    set = set ", ord)"
    out = ""; rest = s
    while (match(rest, /\$[0-9]+(:[a-z0-9]+)?/)) {
        n = substr(rest, RSTART + 1, RLENGTH - 1); sub(/:.*/, "", n)
        out = out substr(rest, 1, RSTART - 1) "v.p" n
        rest = substr(rest, RSTART + RLENGTH)
    }
    s = out rest
    if (s ~ /^INSERT/) {
        if (!match(s, /VALUES *\(/)) die("a :many INSERT needs VALUES (...)")
        head = substr(s, 1, RSTART - 1); rest = substr(s, RSTART + RLENGTH)
        depth = 1
        for (i = 1; i <= length(rest); i++) {
            ch = substr(rest, i, 1)
            if (ch == "(") depth++
            if (ch == ")" && --depth == 0) break
        }
        return head "SELECT " substr(rest, 1, i - 1) " FROM " set substr(rest, i + 1)
    }
    word = s ~ /^DELETE/ ? "USING " : "FROM "
    if (!sub(/\n *WHERE /, "\n " word set "\n WHERE ", s)) die("a :many UPDATE needs a line that starts with WHERE")
    return s "\nRETURNING v.ord"
}
function finish() {
    if (name == "") return
    sub(/[ \n;]+$/, "", both_lite); sub(/[ \n;]+$/, "", both_pg)
    id++
    kinds = ""
    for (i = 1; i <= args; i++) kinds = kinds (i in types ? types[i] : "i")
    printf "extern const struct query Q_%s;\n", name > header
    printf "const struct query Q_%s = {%d, %d, %s, \"%s\", \"%s\",\n    %s,\n    %s};\n", name, id, args, \
        is_many ? "true" : "false", kinds, name, quote(lite(both_lite)), \
        quote(is_many ? many(both_pg) : pg(both_pg)) > source
    all = all "    &Q_" name ",\n"
    name = ""
}
BEGIN {
    print "/* Made by tools/sqlgen.awk from the .sql files. */\n#pragma once\n\n#include \"store/db.h\"\n" > header
    print "/* Made by tools/sqlgen.awk from the .sql files. */\n#include \"queries.h\"\n" > source
}
FNR == 1 { finish(); file = FILENAME }
{ line = FNR }
/^-- name: / {
    finish(); name = $3; is_many = $4 == ":many"; args = 0; both_lite = both_pg = ""; split("", types)
    if (name in seen) die("named twice"); seen[name] = 1
    next
}
/^--pg: / { sub(/^--pg: /, ""); if (name) both_pg = both_pg $0 "\n"; count($0); next }
/^--sqlite: / { sub(/^--sqlite: /, ""); if (name) both_lite = both_lite $0 "\n"; count($0); next }
/^--/ || /^ *$/ { next }
{ if (name == "") next; both_lite = both_lite $0 "\n"; both_pg = both_pg $0 "\n"; count($0) }
function count(s,    n, type) {
    while (match(s, /\$[0-9]+(:[a-z0-9]+)?/)) {
        n = substr(s, RSTART + 1, RLENGTH - 1); type = ""
        if (n ~ /:/) { type = n; sub(/.*:/, "", type); sub(/:.*/, "", n) }
        if (n + 0 > args) args = n + 0
        if (type == "text") types[n + 0] = "t"
        if (type == "bytes") types[n + 0] = "b"
        s = substr(s, RSTART + RLENGTH)
    }
}
END {
    if (failed) exit 1
    finish()
    printf "enum { QUERY_COUNT = %d };\n", id + 1 > header
    print "const struct query *const queries[] = {" > source
    printf "%s};\nconst size_t query_count = %d;\n", all, id > source
}
