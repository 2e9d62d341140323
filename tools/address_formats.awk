# Writes src/base/address_formats.c from libaddressinput's countryinfo.txt:
#   zcat countryinfo.txt.gz | awk -f tools/address_formats.awk tools/address_overrides.txt -
# Not run by the build: the data set is not part of this repository, its result is checked in.
# Regular expressions of postal codes become templates: # a digit, @ a letter, ? either, [..] one
# of; a space or hyphen is written on labels and optional on input; | separates alternatives.

function get(json, name,    at, out, c) {
    if ((key, name) in over) return over[key, name]
    at = index(json, "\"" name "\":\"")
    if (!at) return ""
    at += length(name) + 4
    for (out = ""; (c = substr(json, at, 1)) != "\""; at++) {
        if (c == "\\") c = substr(json, ++at, 1)
        out = out c
    }
    return out
}

# "_" is the empty alternative while templates are being put together.
function join(a, b) { return (a == "_") ? b : (b == "_") ? a : a b }
function cross(a, b,    x, y, n, m, i, j, out) {
    n = split(a, x, "|"); m = split(b, y, "|"); out = ""
    for (i = 1; i <= n; i++)
        for (j = 1; j <= m; j++) out = out (out == "" ? "" : "|") join(x[i], y[j])
    return out
}
function class(text) {
    if (text == "[ ]") return " "
    if (text == "[\\-]" || text == "[ \\-]") return "-"
    if (text == "[A-Z]") return "@"
    if (text == "[\\dA-Z]" || text == "[A-Z0-9]") return "?"
    gsub(/\\d/, "0-9", text)
    return text
}
function repeat(atom, n,    out) { out = "_"; while (n-- > 0) out = cross(out, atom); return out }
function atom(    c, end, out) {
    c = substr(re, pos, 1)
    if (c == "(") {
        pos++
        if (substr(re, pos, 2) == "?:") pos += 2
        out = choice(); pos++
        return out
    }
    if (c == "[") {
        end = index(substr(re, pos), "]")
        out = class(substr(re, pos, end)); pos += end
        return out
    }
    if (c == "\\") { c = substr(re, pos + 1, 1); pos += 2; return c == "d" ? "#" : c }
    pos++
    return c
}
function sequence(    out, one, c, end, range, n, i, many) {
    out = "_"
    while (pos <= length(re) && (c = substr(re, pos, 1)) != "|" && c != ")") {
        one = atom(); c = substr(re, pos, 1)
        if (c == "?") {
            pos++
            if (one != " " && one != "-") one = "_|" one
        } else if (c == "{") {
            end = index(substr(re, pos), "}")
            n = split(substr(re, pos + 1, end - 2), range, ","); pos += end
            many = repeat(one, range[1])
            for (i = range[1] + 1; n == 2 && i <= range[2]; i++) many = many "|" repeat(one, i)
            one = many
        }
        out = cross(out, one)
    }
    return out
}
function choice(    out) {
    out = sequence()
    while (substr(re, pos, 1) == "|") { pos++; out = out "|" sequence() }
    return out
}
function templates(text,    n, i, part, out) {
    if (text == "") return ""
    re = text; pos = 1
    n = split(choice(), part, "|"); out = ""
    for (i = 1; i <= n; i++) if (part[i] != "_") out = out (out == "" ? "" : "|") part[i]
    return out
}

function quote(s) {
    if (s == "") return "NULL"
    gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); gsub(/\?\?/, "?\"\"?", s)
    return "\"" s "\""
}
# Appends `part` to the row, on a new line when it would grow past 100 columns.
function put(part) {
    if (length(line) + length(part) + 1 > 98) { print line; line = "     " part }
    else line = line (line ~ /[{]$/ || line ~ /^ *$/ ? "" : " ") part
}
# Appends alternatives as adjacent literals of at most 88 characters, then `end`.
function put_long(text, end,    piece, n, words, i, cur) {
    n = split(text, words, "|"); cur = ""
    for (i = 1; i <= n; i++) {
        piece = words[i] (i < n ? "|" : "")
        if (cur != "" && length(cur) + length(piece) > 88) { put(quote(cur)); cur = "" }
        cur = cur piece
    }
    put(quote(cur) end)
}

FILENAME != "-" {
    if ($0 !~ /^#/ && NF >= 2) {
        value = $0; sub(/^[A-Z]+ [a-z_]+ ?/, "", value)
        over[$1, $2] = value
    }
    next
}
/^data\/[A-Z][A-Z]=/ {
    key = substr($0, 6, 2)
    if (key == "ZZ") next
    json = substr($0, index($0, "=") + 1)
    form = get(json, "fmt"); gsub(/ +%n/, "%n", form)
    latin = get(json, "lfmt"); if (latin == form) latin = ""
    required = get(json, "require"); upper = get(json, "upper"); zip = templates(get(json, "zip"))
    example = get(json, "zipex"); sub(/,.*/, "", example)
    if (example == "" && zip ~ /^[0-9]+$/) example = zip
    area = get(json, "state_name_type"); if (area == "do_si") area = "province"
    if (area == "area") area = "region"
    word = get(json, "zip_name_type")
    word = word == "zip" ? "ZIP code" : word == "pin" ? "PIN code" : word == "eircode" ? "Eircode" : ""
    keys = get(json, "sub_keys"); names = get(json, "sub_names")
    if (index(" US CA AU BR IT ", " " key " ")) {
        n = split(keys, k, "~"); split(names, w, "~"); list = ""
        for (i = 1; i <= n; i++) list = list (i > 1 ? "|" : "") k[i] "=" (w[i] == "" ? k[i] : w[i])
        areas[++area_count] = key; area_list[key] = list
    }
    if (form zip required upper area == "") next
    rows[++count] = key
    parts[key] = form SUBSEP latin SUBSEP required SUBSEP upper SUBSEP zip SUBSEP example SUBSEP area SUBSEP word
}
END {
    print "/* base/address_formats.c: how each country writes and requires its addresses."
    print " *"
    print " * Made by tools/address_formats.awk from the address metadata of libaddressinput"
    print " * (testdata/countryinfo.txt, commit e20690c; Google, CC BY 4.0, code Apache-2.0), with our"
    print " * corrections in tools/address_overrides.txt. Change those and make it again. */"
    print "#include \"base/address.h\"\n"
    print "/* clang-format off */"
    print "const struct address_format address_formats[] = {"
    for (i = 1; i <= count; i++) {
        split(parts[rows[i]], p, SUBSEP)
        line = "    {"
        put(quote(rows[i]) ",")
        for (j = 1; j <= 7; j++) put_long(p[j], ",")
        put(quote(p[8]) "},")
        print line
    }
    print "    {\"\", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL},\n};"
    print "const size_t address_format_count = sizeof address_formats / sizeof *address_formats - 1;\n"
    print "const struct address_areas address_areas[] = {"
    for (i = 1; i <= area_count; i++) {
        line = "    {"
        put(quote(areas[i]) ","); put(index(" US CA AU BR ", " " areas[i] " ") ? "true," : "false,")
        put_long(area_list[areas[i]], "},")
        print line
    }
    print "    {\"\", false, NULL},\n};"
}
