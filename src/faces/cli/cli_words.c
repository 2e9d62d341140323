/* faces/cli/cli_words.c: what the options of our own verbs mean; routes explain themselves. */
#include "faces/cli/cli_inside.h"

#include <string.h>

static const struct {
    const char *verb, *words;
} told[] = {
    {"serve", "  --listen ADDRESS:PORT  127.0.0.1:8080; port 0 takes a free one (WAYBILL_LISTEN)\n"
              "  --threads N            of the HTTP server, 8 (WAYBILL_THREADS)\n"
              "  --writers N            PostgreSQL connections that write, 2 (WAYBILL_WRITERS)\n"
              "  --queue MS             what would wait for longer is answered 503, 2000 "
              "(WAYBILL_QUEUE_MS)\n"
              "  --log LEVEL            error, warn, info or debug (WAYBILL_LOG)\n"
              "  --drain SECONDS        /readyz says 503 for so long before the door closes\n"
              "\n"
              "  WAYBILL_URL            what customers reach it by: links in mails begin with it\n"
              "  WAYBILL_RATE           requests a second of one key, 5000; beyond it 429 with\n"
              "                         Retry-After; 0: any number\n"
              "  WAYBILL_RATE_ADDRESS   the same of one address without a key, 100\n"
              "  WAYBILL_SMTP           smtp://host:587, with WAYBILL_SMTP_USER and _PASSWORD;\n"
              "                         without it mails become files in WAYBILL_MAIL_FOLDER\n"
              "\n"
              "SIGTERM and Ctrl-C finish what was accepted, then end it.\n"},
    {"import", "  FILE            CSV with a mapping, NDJSON of our own records without one\n"
               "  --map MAPPING   which column is what; see examples/README.md\n"
               "  --report FILE   a CSV of what was refused or skipped, row by row, and why\n"
               "  --strict        end with an error when a row was refused\n"
               "  --at TIME       as if it were then: 2026-11-23T08:00:00Z\n"
               "\n"
               "It may be stopped and run again: nothing is taken twice. With --server URL\n"
               "--key KEY the rows go to a server in batches, refused alike.\n"},
    {"export", "  --format FORMAT  ndjson, which import reads back, or csv\n"
               "  -o FILE          instead of the output\n"
               "  --for-people     CSV for spreadsheets: no cell begins a formula\n"},
    {"run", "  --orders SELECTION  open (all), 17, 1..500 or \"reference 536365\"\n"
            "  --crew N            pickers and packers, 4\n"
            "  --seed N            the same seed on the same database gives the same run\n"},
    {"audit", "  --only NUMBER     only this invariant: I-03\n"
              "  --since TIME      only what changed since then: 2026-11-23T08:00:00Z, or the\n"
              "                    position of an event; says what that covers\n"
              "  --readers N       how many connections ask at once; one per processor\n"
              "  --explain NUMBER  what it says, and how it is asked\n"
              "\n"
              "Ends with 0 when nothing differs.\n"},
    {"copy", "  --from ADDRESS  a file, or postgresql://...; nobody else may work on it\n"
             "  --to ADDRESS    a new file, or an empty database\n"
             "  --preview       what would be copied; nothing is made\n"
             "  --no-audit      leave out the audits of both at the end\n"
             "\n"
             "It may be stopped or killed and given again: it goes on where its last commit was.\n"
             "Then both sides are read again and compared: rows and a checksum of each table.\n"},
    {"lifecycle", "  NAME       order, fulfillment, task, package, ...; all when absent\n"
                  "  --mermaid  as a diagram for a page\n"},
    {"bench", "  --quick       fewer of everything, for a first look\n"
              "  --dir FOLDER  on the disk that is to be measured\n"},
    {"simulate",
     "  --seed N         the first one, 1; a seed is a whole life that can be lived again\n"
     "  --seeds N        so many from there on\n"
     "  --days D         3\n"
     "  --orders N       a day, 12\n"
     "  --until STEP     stop there, and look at everything\n"
     "  --without LIST   verbs and faults that are left out: bank,death,cancel\n"
     "  --processes N    at the same time\n"
     "  --shrink         look for a smaller life that fails as well\n"
     "  --verbose        tell every step\n"
     "  --link-faults N  of ten thousand statements and commits on PostgreSQL: races that are\n"
     "                   lost, links that break before, during and after a commit\n"
     "\n"
     "--db names a new file to look into afterwards, or a PostgreSQL, where each seed\n"
     "has a schema of its own. Ends with 0 when every life went as the model says.\n"},
    {"torture",
     "  --kills N          kill -9 in the middle of the rush, 20\n"
     "  --rounds N         races for the last units, 1000\n"
     "  --clients N        at the same time, 8\n"
     "  --seed N           other moments\n"
     "  --restart COMMAND  PostgreSQL: what starts it again; its postmaster is killed too\n"
     "  --through PORT     orders only, on this machine, by --key, for --seconds (10), while\n"
     "                     something else kills; --acknowledged FILE gets the orders' numbers\n"
     "\n"
     "--db is copied first (PostgreSQL: a fresh database beside it); without it a fresh\n"
     "file. Ends with 0 when nothing was lost, doubled or oversold.\n"},
    {"why", "  ORDER               what happened to an order, and what it waits for\n"
            "  order ORDER         the same as a tree\n"
            "  stock SKU[@BIN]     how the numbers of a product came to be\n"
            "  late [ORDER]        which step took the time, against the promised day\n"
            "  site ORDER          which sites were considered, and why not\n"
            "  price ORDER[/LINE]  what a price is made of\n"
            "\n"
            "--wide shows identifiers, --json gives the tree to programs.\n"},
    {"doctor", "Ends with 1 when there is a problem; it changes nothing.\n"},
    {"migrate",
     "  --partitions N   PostgreSQL, when the schema is made: each merchant table in N partitions\n"
     "  --distributed    PostgreSQL with Citus: a copy of the reference tables on every node, and\n"
     "                   each merchant's rows together on one; may be killed and begun again\n"
     "  --shards N       pieces that the merchants are dealt to; as citus.shard_count says\n"
     "  --preview        print the calls, make none\n"
     "\n"
     "Every verb that opens a database brings it up to date; this one does nothing else. While\n"
     "tables are distributed nobody else may work on the database.\n"},
    {"completion", "  source <(waybill completion bash)\n"},
};

const char *verb_words(const char *verb)
{
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (strcmp(told[i].verb, verb) == 0) return told[i].words;
    return NULL;
}
