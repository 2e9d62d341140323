# Gathers the reasons that the program gives for a failure: awk -f reasons.awk $(find src -name '*.c')
#
#   fail(c, ERR_CONFLICT, "wrong_state", "it is %s", ...)
#   fail_at(c, ERR_INVALID, "unknown_sku", field, "there is no such product", ...)
#
# A reason that is not written as a word in the call (one out of a table) is not seen; tables of
# struct http_refusal and the like are named by their own documents.

function next_text(s,    i, ch, out) { # the first string literal, with those joined to it
    out = ""
    while (match(s, /^[ \t\n]*"/)) {
        s = substr(s, RLENGTH + 1)
        for (i = 1; i <= length(s); i++) {
            ch = substr(s, i, 1)
            if (ch == "\\") { out = out substr(s, i, 2); i++; continue }
            if (ch == "\"") break
            out = out ch
        }
        s = substr(s, i + 1)
    }
    return out
}
function after_argument(s,    i, ch, depth, quoted) { # what follows the comma that ends an argument
    for (i = 1; i <= length(s); i++) {
        ch = substr(s, i, 1)
        if (ch == "\\") { i++; continue }
        if (ch == "\"") quoted = !quoted
        if (quoted) continue
        if (ch == "(") depth++
        if (ch == ")" && depth-- == 0) return ""
        if (ch == "," && depth == 0) return substr(s, i + 1)
    }
    return ""
}
function gather(s,    call, code, word, detail) {
    while (match(s, /[^a-z_](fail|fail_at|return_fail)\(/)) {
        call = substr(s, RSTART + 1, RLENGTH - 2)
        s = substr(s, RSTART + RLENGTH)
        if (!match(s, /^[^,()]*,[ \n]*ERR_[A-Z_]+,[ \n]*"[a-z0-9_]+"/)) continue
        word = after_argument(s)
        code = word; sub(/^[ \n]*/, "", code); sub(/,.*/, "", code)
        word = after_argument(word)
        detail = after_argument(word)
        word = next_text(word)
        if (call != "fail") detail = after_argument(detail)
        if (call == "return_fail") detail = after_argument(detail) # (c, code, reason, line, field, detail)
        detail = next_text(detail)
        gsub(/\\"%\.\*s\\"|\\"%s\\"/, "…", detail)
        gsub(/%[-+ 0-9.*]*(lld|zu|ld|d|s|u|c|x|08x|f)/, "…", detail)
        if (!((word, code) in seen)) { seen[word, code] = detail; n++ }
        else if (seen[word, code] == "") seen[word, code] = detail
    }
}
FNR == 1 { gather(all); all = "" }
{ all = all $0 "\n" }
END {
    gather(all)
    print "/* Made by tools/reasons.awk. */\n#include \"faces/api/reasons.h\"\n\nconst struct reason reasons[] = {"
    sort = "LC_ALL=C sort"
    for (k in seen) { split(k, at, SUBSEP); printf "    {\"%s\", %s, \"%s\"},\n", at[1], at[2], seen[k] | sort }
    close(sort)
    print "    {0}};"
}
