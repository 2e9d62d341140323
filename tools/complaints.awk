# Writes docs/complaints.md from the promises and the names of their tests:
# awk -f tools/complaints.awk test/complaints/promises.txt TEST.c...
function sentence(name) { while (sub(/^c[0-9]+_/, "", name)); gsub(/_/, " ", name); return name }
BEGIN {
    FS = "\t"
    print "# Complaints\n"
    print "What people who run order fulfillment have complained about in public, what Waybill promises instead, and the"
    print "tests that hold it to that. Made by `tools/complaints.awk`; the tests are found by their names.\n"
    print "| # | promise | tested by |\n|---|---|---|"
}
FILENAME ~ /promises\.txt$/ { promise[$1 + 0] = $2; if ($1 + 0 > last) last = $1 + 0; next }
/TEST(_BOTH)?\([a-z_]+,$/ { begun = $0 " "; next } # a name too long for the line
{ sub(/^ +/, "", $0); text = begun $0; begun = "" }
match(text, /TEST(_BOTH)?\([a-z_]+, c[0-9]+_[a-z0-9_]+/) {
    name = substr(text, RSTART, RLENGTH)
    both = name ~ /^TEST_BOTH/
    sub(/.*, /, "", name)
    for (left = name; left ~ /^c[0-9]+_/; sub(/^c[0-9]+_/, "", left)) { # a test may answer several
        number = substr(left, 2) + 0
        tests[number] = tests[number] (tests[number] ? "<br>" : "") "[" sentence(name) "](../" FILENAME ")" \
            (both ? "" : " (one engine)")
    }
}
END {
    for (i = 1; i <= last; i++) {
        if (tests[i]) tested++
        printf "| %d | %s | %s |\n", i, promise[i], tests[i] ? tests[i] : "not yet"
    }
    printf "\n%d of %d have a test.\n", tested, last
}
