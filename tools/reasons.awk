# Gathers the reasons that the program gives for a failure: awk -f reasons.awk $(find src -name '*.c')
#
#   fail(c, ERR_CONFLICT, "wrong_state", "it is %s", ...)
#   fail_at(c, ERR_INVALID, "unknown_sku", field, "there is no such product", ...)
#
# Any function with a parameter `const char *reason` gives reasons, in its own file when it is
# static: its code is its parameter `enum err` or `int status`, or else the first that its body
# names, or ERR_INVALID, of a row; its words are its parameter `detail` or `what` (or what another
# function of the file makes of its first text), within the format that the body has.
# A word may be one of two: is_tail ? "amount_inexact" : "amount_invalid".
# Words out of a table are not seen; the last suite says which of them was heard.

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
function cut(s, marks, out,    i, n, ch, depth, quoted, from) { # at marks outside of () {} and ""
    n = 0
    from = 1
    for (i = 1; i <= length(s); i++) {
        ch = substr(s, i, 1)
        if (ch == "\\") { i++; continue }
        if (ch == "\"") quoted = !quoted
        if (quoted) continue
        if (ch == "(" || ch == "{") depth++
        if ((ch == ")" || ch == "}") && depth-- == 0) break
        if (depth == 0 && index(marks, ch)) { out[++n] = substr(s, from, i - from); from = i + 1 }
    }
    out[++n] = substr(s, from, i - from)
    return n
}
function choices(s, out,    n) { # "a ? b : c" is b or c
    n = cut(s, "?:", out)
    if (n == 3) { out[1] = out[2]; out[2] = out[3]; return 2 }
    return n == 1
}
function note(word, code, detail) {
    gsub(/\\"%\.\*s\\"|\\"%s\\"/, "…", detail)
    gsub(/%[-+ 0-9.*]*(lld|zu|ld|d|s|u|c|x|08x|f)/, "…", detail)
    if (!((word, code) in seen) || seen[word, code] == "") seen[word, code] = detail
}
# What a definition says of the calls: which argument is what.
function learn(head, body, own,    name, n, i, at, code) {
    name = head
    sub(/\(.*/, "", name)
    sub(/.*[ *]/, "", name)
    own = head ~ /^\n?static / ? own : ""
    sub(/^[^(]*\(/, "", head)
    n = cut(head, ",", at)
    is_helper[own, name] = 1
    for (i = 1; i <= n; i++) {
        if (at[i] ~ /(enum err|int status)/) code_at[own, name] = i
        if (at[i] ~ /const char \*reason/) reason_at[own, name] = i
        if (at[i] ~ /const char \*(detail|what)/) detail_at[own, name] = i
    }
    code = "ERR_INVALID"
    if (match(body, /ERR_[A-Z_]+|\{[1-5][0-9][0-9],/)) code = substr(body, RSTART, RLENGTH)
    gsub(/[{,]/, "", code)
    code_of[own, name] = code
    if (match(body, /[^a-z_](fail|fail_at)\(/)) {
        n = cut(substr(body, RSTART + RLENGTH), ",", at)
        for (i = 4; i <= n && !((own, name) in format_of); i++)
            if (at[i] ~ /^[ \n]*"/) format_of[own, name] = next_text(at[i])
    }
}
function learn_all(s, file,    head, body) {
    while (match(s, /\n[a-z][a-zA-Z_ ]*[ *][a-z_0-9]+\([^(){};]*const char \*reason[^(){};]*\)[ \n]*\{/)) {
        head = substr(s, RSTART, RLENGTH)
        s = substr(s, RSTART + RLENGTH)
        body = s
        sub(/\n}.*/, "", body)
        learn(head, body, file)
    }
}
function words_of(arg,    name) {
    if (arg ~ /^[ \n]*"/) return next_text(arg)
    name = arg
    sub(/\(.*/, "", name)
    sub(/^[ \n]*/, "", name)
    name = "\nstatic const char *" name "("
    if (!index(all, name)) return ""
    name = substr(all, index(all, name))
    return next_text(substr(name, index(name, "\"")))
}
function gather_call(s, own, name,    at, n, words, codes, details, w, c, i, j, word, code, detail) {
    n = cut(s, ",", at)
    if (n < reason_at[own, name]) return
    w = choices(at[reason_at[own, name]], words)
    c = choices((own, name) in code_at ? at[code_at[own, name]] : code_of[own, name], codes)
    n = (own, name) in detail_at ? choices(at[detail_at[own, name]], details) : 0
    for (i = 1; i <= w; i++) {
        if (words[i] !~ /^[ \n]*"[a-z0-9_]+"[ \n]*$/) continue
        word = next_text(words[i])
        detail = n ? words_of(details[n == w ? i : 1]) : ""
        if ((own, name) in format_of) {
            gsub(/[\\&]/, "\\\\&", detail)
            code = format_of[own, name]
            if (n) sub(/%s/, detail, code)
            detail = code
        }
        for (j = 1; j <= c; j++) {
            code = codes[j]
            gsub(/[ \n]/, "", code)
            if (code in code_of_status) code = code_of_status[code]
            if (code ~ /^ERR_[A-Z_]+$/) note(word, code, detail)
        }
    }
}
function gather(s, file,    name) {
    all = s
    while (match(s, /[^a-z_0-9][a-z_][a-z_0-9]*\(/)) {
        name = substr(s, RSTART + 1, RLENGTH - 2)
        s = substr(s, RSTART + RLENGTH)
        if ((file, name) in is_helper) gather_call(s, file, name)
        else if (("", name) in is_helper) gather_call(s, "", name)
    }
}
FNR == 1 { files[++count] = FILENAME }
{ text[count] = text[count] $0 "\n" }
END {
    # What HTTP itself refuses; faces/api/problem.c knows the statuses that no code has.
    code_of_status[400] = "ERR_MALFORMED"
    code_of_status[408] = code_of_status[503] = "ERR_BUSY"
    code_of_status[413] = "ERR_TOO_LARGE"
    for (i = 1; i <= count; i++) learn_all(text[i], files[i])
    for (i = 1; i <= count; i++) gather(text[i], files[i])
    print "/* Made by tools/reasons.awk. */\n#include \"faces/api/reasons.h\"\n\nconst struct reason reasons[] = {"
    sort = "LC_ALL=C sort"
    for (k in seen) { split(k, at, SUBSEP); printf "    {\"%s\", %s, \"%s\"},\n", at[1], at[2], seen[k] | sort }
    close(sort)
    print "    {0}};"
}
