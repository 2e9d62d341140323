# Turns the .sql files beside the code into numbered queries in both dialects.
#
#   -- name: order_line_put :many          a query; ":many" takes a set of rows (see store/db.h)
#   -- any other comment                   dropped
#   --pg: FOR UPDATE SKIP LOCKED           a line for one engine only (also --sqlite:)
#
# $1 is a parameter. $2[] is a set of numbers, $2:text[] of texts: "order_id IN $2[]" becomes
# "= ANY ($2)" on PostgreSQL and "IN (SELECT value FROM keys(?2))" on SQLite; so does NOT IN.
# In a :many query, $3:text and $3:bytes name the type of a column of the set; the rest are numbers.
# A :many INSERT has "VALUES (...)", and names excluded.column after ON CONFLICT, not parameters; a
# :many UPDATE or DELETE has one WHERE at the start of a line.
#
# Where $1 is the merchant (the first column of an INSERT, "merchant_id = $1" after WHERE), it is one
# value for the whole set on PostgreSQL, not a column of it: so the server knows, before it looks at
# the rows, in which partition they all lie.
#
# "-- name: thing_get :kept column" marks a SELECT from one table whose rows store/kept.h keeps by that
# column: its set is in "column IN $n[]", and the order begins with it. ":kept" alone has no set: its
# rows are kept as a whole. What writes such a table is found here.
#
# "-- name: thing_of :walk" marks a SELECT whose order begins with the column of its set: on SQLite the
# set, which the driver binds in order, is walked, and what is found for each key comes in the order of
# the index that finds it; nothing is sorted, and no set is laid out in a table of its own. A test
# proves that the rest of the order is that of the index (store/plan_test.c).
#
# "-- name: thing_of :hot column" marks a SELECT from one table, by the merchant and a set of that column,
# whose rows are kept too although they change often: every statement that writes the table is asked by
# which parameter it names the column, and lets go of those keys alone; one that does not name it lets go
# of all. Two such queries of the same text share what is kept.
#
# Queries of *_test.sql files, which come last, go into a source of their own, for the tests alone.
#
# `keys` marks the parameters that name the target row of a :many UPDATE or upsert: those compared
# by "= $n" after WHERE, those that fill the columns of ON CONFLICT (...) DO UPDATE.

function die(what) { printf "%s: %s: %s\n", place, name, what > "/dev/stderr"; failed = 1; exit 1 }
function quote(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); gsub(/\n/, "\\n\"\n    \"", s); return "\"" s "\"" }

function lite(s,    out, n, set) {
    out = ""
    while (match(s, /\$[0-9]+(:[a-z0-9]+)?(\[\])?/)) {
        n = substr(s, RSTART + 1, RLENGTH - 1); set = n ~ /\[\]/
        sub(/[:\[].*/, "", n)
        out = out substr(s, 1, RSTART - 1) (set ? "(SELECT value FROM keys(?" n "))" : "?" n)
        s = substr(s, RSTART + RLENGTH)
    }
    return out s
}
function walked(s,    by, n) {
    by = s
    if (is_many || !sub(/^.*ORDER BY /, "", by) || gsub(/\[\]/, "[]", s) != 1) die(":walk needs one set, and ORDER BY its column")
    sub(/[^a-z_].*/, "", by)
    if (!match(s, "[ (]" by " IN \\$[0-9]+(:text)?\\[\\]")) die(":walk needs " by " IN $n[]")
    n = substr(s, RSTART, RLENGTH); sub(/^.*\$/, "", n); sub(/[:\[].*/, "", n)
    s = substr(s, 1, RSTART) by " = k.value" substr(s, RSTART + RLENGTH)
    sub(/[ \n]*ORDER BY .*$/, "", s)
    if (gsub(/FROM /, "FROM ", s) != 1) die(":walk reads one table")
    sub(/FROM /, "FROM keys(?" n ") AS k CROSS JOIN ", s)
    return s
}
function pg(s,    out, n, set, type) {
    out = ""
    while (match(s, /( NOT)? IN \$[0-9]+(:[a-z0-9]+)?\[\]/)) {
        n = substr(s, RSTART, RLENGTH)
        sub(/ NOT IN /, " <> ALL ", n); sub(/ IN /, " = ANY ", n)
        out = out substr(s, 1, RSTART - 1) n
        s = substr(s, RSTART + RLENGTH)
    }
    s = out s; out = ""
    if (s ~ / IN \$/) die("IN needs a set: $n[] or $n:text[]")
    while (match(s, /\$[0-9]+(:[a-z0-9]+)?(\[\])?/)) {
        n = substr(s, RSTART + 1, RLENGTH - 1); set = n ~ /\[\]/
        type = n ~ /:text/ ? "text" : "bigint"
        sub(/[:\[].*/, "", n)
        used[n + 0] = 1
        out = out substr(s, 1, RSTART - 1) (set ? "($" n "::" type "[])" : "$" n)
        s = substr(s, RSTART + RLENGTH)
    }
    return out s
}
# Split at commas outside parentheses, up to the parenthesis that closes; returns what follows it.
function items(s, list,    i, ch, depth, n) {
    split("", list); depth = 1; n = 1; list[1] = ""
    for (i = 1; i <= length(s); i++) {
        ch = substr(s, i, 1)
        if (ch == "(") depth++
        if (ch == ")" && --depth == 0) { list[0] = n; return substr(s, i + 1) }
        if (ch == "," && depth == 1) list[++n] = ""; else list[n] = list[n] ch
    }
    die("a parenthesis is not closed")
}
function bare(s) { gsub(/[ \n]/, "", s); return s }
function mark_key(n) { if (!(n in is_key)) { is_key[n] = 1; keys += 2 ^ (n - 1) } }
function names_merchant(s,    names, values, after) {
    if (s !~ /^INSERT/ || s !~ /VALUES *\(/) return s ~ /merchant_id = \$1([^0-9]|$)/
    if (!match(s, /\(/)) return 0
    items(substr(s, RSTART + 1), names)
    if (!match(s, /VALUES *\(/)) return 0
    items(substr(s, RSTART + RLENGTH), values)
    return bare(names[1]) == "merchant_id" && values[1] == "$1"
}
function many(s,    i, k, n, set, out, rest, names, values, targets, after, body, cast) {
    if (!args) die("a :many query needs parameters")
    if (args > 31) die("a :many query has at most 31 parameters")
    if (s ~ /\[\]/) die("a :many query takes no sets")
    if (s ~ /RETURNING/) die("a :many query has no RETURNING of its own")
    if (s !~ /^(INSERT|UPDATE|DELETE) /) die("a :many query starts with INSERT, UPDATE or DELETE")
    if (is_of_merchant && args < 2) die("a :many query needs parameters besides the merchant")
    set = "unnest("
    for (i = 1 + is_of_merchant; i <= args; i++) {
        cast = types[i] == "t" ? "text" : types[i] == "b" ? "bytea" : "bigint"
        set = set (i > 1 + is_of_merchant ? ", " : "") "$" i "::" cast "[]"
    }
    set = set ") WITH ORDINALITY AS v("
    for (i = 1 + is_of_merchant; i <= args; i++) set = set "p" i ", "
    set = set "ord)"
    if (s ~ /^UPDATE/) find_keys(s)
    out = ""; rest = s
    while (match(rest, /\$[0-9]+(:[a-z0-9]+)?/)) {
        n = substr(rest, RSTART + 1, RLENGTH - 1); sub(/:.*/, "", n)
        used[n + 0] = 1
        out = out substr(rest, 1, RSTART - 1) (is_of_merchant && n + 0 == 1 ? "$1::bigint" : "v.p" n)
        rest = substr(rest, RSTART + RLENGTH)
    }
    s = out rest
    if (s ~ /^INSERT/) {
        if (!match(s, /VALUES *\(/)) die("a :many INSERT needs VALUES (...)")
        out = substr(s, 1, RSTART - 1); rest = substr(s, RSTART + RLENGTH)
        after = items(rest, values)
        body = substr(rest, 1, length(rest) - length(after) - 1)
        if (after ~ /v\.p[0-9]/) die("name excluded.column after ON CONFLICT, not a parameter")
        if (after ~ /DO UPDATE/) {
            match(out, /\(/); items(substr(out, RSTART + 1), names)
            if (!match(after, /ON CONFLICT *\(/)) die("DO UPDATE needs ON CONFLICT (columns)")
            items(substr(after, RSTART + RLENGTH), targets)
            for (i = 1; i <= targets[0]; i++)
                for (k = 1; k <= names[0]; k++)
                    if (bare(names[k]) == bare(targets[i]) && bare(values[k]) ~ /^v\.p[0-9]+$/)
                        mark_key(substr(bare(values[k]), 4) + 0)
                    else if (bare(names[k]) == bare(targets[i]) && is_of_merchant && k == 1)
                        mark_key(1)
        }
        return out "SELECT " body " FROM " set after
    }
    n = s; if (gsub(/\n *WHERE /, "", n) != 1) die("a :many UPDATE or DELETE needs one line that starts with WHERE")
    sub(/\n *WHERE /, "\n " (s ~ /^DELETE/ ? "USING " : "FROM ") set "\n WHERE ", s)
    return s "\nRETURNING v.ord"
}
function find_keys(s,    n) {
    sub(/^.*\n *WHERE /, " ", s)
    while (match(s, /[^<>!] ?= \$[0-9]+/)) {
        n = substr(s, RSTART, RLENGTH); sub(/^.*\$/, "", n); mark_key(n + 0)
        s = substr(s, RSTART + RLENGTH)
    }
}
# The table that a :kept query reads, after a look at whether it may be kept.
function kept_table(s,    n, list, i, column) {
    n = s
    if (gsub(/FROM /, "FROM ", n) != 1 || n ~ /JOIN|FOR UPDATE/ || is_many) die("a :kept query reads one table")
    if (kept_by == "") { if (s ~ /\[\]/) die(":kept needs the column of the set") }
    else {
        if (s !~ ("[ (]" kept_by " IN \\$[0-9]+(:text)?\\[\\]")) die(":kept " kept_by " needs " kept_by " IN $n[]")
        if (s !~ ("ORDER BY " kept_by "[,\n ]") && s !~ ("ORDER BY " kept_by "$")) die(":kept " kept_by " needs ORDER BY " kept_by)
        column = s; sub(/^SELECT /, "", column); sub(/\n? *FROM .*/, "", column)
        n = split(column, list, ",")
        for (i = 1; i <= n; i++) if (bare(list[i]) == kept_by) kept_column[id] = i - 1
        if (!(id in kept_column)) die(":kept " kept_by " is no column")
    }
    match(s, /FROM +[a-z_]+/); n = substr(s, RSTART, RLENGTH); sub(/FROM +/, "", n)
    return n
}
# Every table that the statement may write, between spaces; "DO UPDATE SET" adds a word that is none.
function written(s,    out) {
    out = " "
    while (match(s, /(INSERT INTO|UPDATE|DELETE FROM) +[a-z_]+/)) {
        out = out substr(s, RSTART, RLENGTH) " "; s = substr(s, RSTART + RLENGTH)
    }
    gsub(/(INSERT INTO|UPDATE|DELETE FROM) +/, "", out)
    return out
}
# Which shelf a :hot query's rows are kept on.
function hot_shelf(s, sql,    table) {
    table = kept_table(s)
    if (args != 2 || !is_of_merchant || s ~ /:text/) die("a :hot query has the merchant and one set of numbers")
    if (!(sql in shelf_of)) {
        shelf_of[sql] = ++kept_count
        hot_table[kept_count] = table; hot_column[kept_count] = kept_by
    }
    return shelf_of[sql]
}
# The parameter, from 0, by which a statement that writes `table` names `column` of its rows; 255: by none.
function names_key(s, table, column,    i, rest, after, names, values, targets, found) {
    if (s ~ ("^INSERT INTO " table " ?\\(") && match(s, /VALUES *\(/)) {
        rest = substr(s, RSTART + RLENGTH); after = items(rest, values)
        match(s, /\(/); items(substr(s, RSTART + 1), names)
        for (i = 1; i <= names[0]; i++)
            if (bare(names[i]) == column && bare(values[i]) ~ /^\$[0-9]+$/) found = substr(bare(values[i]), 2)
        if (after ~ /DO UPDATE/) {
            match(after, /ON CONFLICT *\(/); items(substr(after, RSTART + RLENGTH), targets)
            for (i = 1; i <= targets[0] && bare(targets[i]) != column; i++) continue
            if (i > targets[0]) return 255
        }
        return found ? found - 1 : 255
    }
    if (s !~ ("^(UPDATE|DELETE FROM) " table "[ \n]") || !match(s, /WHERE /)) return 255
    after = substr(s, 1, RSTART); rest = " " substr(s, RSTART + RLENGTH)
    while (gsub(/\([^()]*\)/, "", rest)) continue # what is left are the conditions that all have to hold
    if (after ~ ("[ ,\n]" column " =") || rest ~ /[ \n]OR[ \n]/) return 255
    if (!match(rest, "[ \n]" column " = \\$[0-9]+")) return 255
    found = substr(rest, RSTART, RLENGTH); sub(/^.*\$/, "", found)
    return found - 1
}
function finish(    i, kinds, text_lite, text_pg) {
    if (name == "") return
    sub(/[ \n;]+$/, "", both_lite); sub(/[ \n;]+$/, "", both_pg)
    if (length(name) > 63) die("a name has at most 63 letters") # PostgreSQL cuts longer ones
    if (both_lite == "" || both_pg == "") die("no statement")
    id++
    kinds = ""; split("", used); split("", is_key); keys = 0; is_of_merchant = names_merchant(both_pg)
    for (i = 1; i <= args; i++) kinds = kinds (i in types ? types[i] : "i")
    text_lite = lite(is_walk ? walked(both_lite) : both_lite); text_pg = is_many ? many(both_pg) : pg(both_pg)
    for (i = 1; i <= args; i++) if (!(i in used)) die("PostgreSQL does not use $" i)
    printf "extern const struct query Q_%s;\n", name > header
    if (is_kept) { kept_of[id] = kept_table(both_lite); if (!(kept_of[id] in bit)) bit[kept_of[id]] = bits++; kept_number[id] = ++kept_count }
    if (bits > 63) die("more than 63 tables are kept")
    if (is_hot) { kept_of[id] = ""; kept_number[id] = hot_shelf(both_lite, text_lite); sub(/[ \n]*FOR UPDATE/, "", both_lite) }
    text_of[id] = both_lite; of_merchant[id] = is_of_merchant
    writes[id] = written(both_lite); file_of[id] = is_test ? tests : source; query_of[id] = name
    first_part[id] = sprintf("%d, %d, %s, %s, %.0f", id, args, is_many ? "true" : "false", is_of_merchant ? "true" : "false", keys)
    last_part[id] = "\"" kinds "\", \"" name "\",\n    " quote(text_lite) ",\n    " quote(text_pg)
    if (is_test) { name = ""; return }
    all = all "    &Q_" name ",\n"; listed = id
    name = ""
}
BEGIN {
    print "/* Made by tools/sqlgen.awk from the .sql files. */\n#pragma once\n\n#include \"store/db.h\"\n" > header
    print "/* Made by tools/sqlgen.awk from the .sql files. */\n#include \"queries.h\"\n" > source
    print "/* Made by tools/sqlgen.awk from the _test.sql files. */\n#include \"queries.h\"\n" > tests
}
FNR == 1 { finish() }
/^-- name: / {
    finish(); name = $3; is_many = $4 == ":many"; is_kept = $4 == ":kept"; is_hot = $4 == ":hot"; kept_by = (is_kept || is_hot) && $5 !~ /^:/ ? $5 : ""; is_walk = $NF == ":walk"; args = 0; both_lite = both_pg = ""; split("", types); place = FILENAME ":" FNR; is_test = FILENAME ~ /_test\.sql$/
    if (name in seen) die("named twice"); seen[name] = 1
    next
}
/^ *--pg:/ { sub(/^ *--pg: ?/, ""); if (name) both_pg = both_pg $0 "\n"; count($0); next }
/^ *--sqlite:/ { sub(/^ *--sqlite: ?/, ""); if (name) both_lite = both_lite $0 "\n"; count($0); next }
/^ *--/ || /^[ \t]*$/ { next }
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
    for (i = 1; i <= id; i++) {
        spoils = "0"
        for (t in bit) if (index(writes[i], " " t " ")) spoils = spoils " | UINT64_C(1) << " bit[t]
        drops = ""; n = 0
        for (h = 1; h <= kept_count; h++) {
            if (!(h in hot_table) || !index(writes[i], " " hot_table[h] " ")) continue
            drops = drops h ", " (of_merchant[i] ? names_key(text_of[i], hot_table[h], hot_column[h]) : 255) ", "; n++
        }
        table = i in kept_of ? kept_of[i] == "" ? "KEPT_HOT" : "UINT64_C(1) << " bit[kept_of[i]] : "0"
        print "const struct query Q_" query_of[i] " = {" first_part[i] ", " kept_number[i] + 0 ", " kept_column[i] + 0 ", " n ", " \
            table ", " spoils ", " (n ? "(const uint8_t[]){" drops "}" : "NULL") ", " last_part[i] "};" > file_of[i]
    }
    printf "enum { KEPT_QUERIES = %d };\n", kept_count > header
    printf "\nextern const struct query *const queries[];\nextern const size_t query_count;\n" > header
    printf "enum { QUERY_COUNT = %d }; /* one more than the greatest id */\n", id + 1 > header
    print "const struct query *const queries[] = {" > source
    printf "%s};\nconst size_t query_count = %d;\n", all, listed > source
}
