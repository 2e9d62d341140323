# Waybill: `make` leaves the program at build/waybill. `make help` lists the rest.

BUILD ?= release
CC    ?= gcc
OUT   := build/$(BUILD)
PKGS  := sqlite3 libpq libmicrohttpd jansson libcurl libsodium cairo pangocairo gmime-3.0 libxml-2.0 zlib

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
        -Wold-style-definition -Wcast-qual -Wwrite-strings -Wundef -Wvla -Walloca -Wformat=2 \
        -Wswitch-enum -Wfloat-equal -Wdouble-promotion -Wdate-time -Werror \
        -Wno-missing-field-initializers
ifneq ($(findstring clang,$(CC)),)
WARN += -Wno-gnu-zero-variadic-macro-arguments -Wno-gnu-statement-expression -Wno-initializer-overrides
else
WARN += -Wduplicated-cond -Wlogical-op -Wno-override-init
endif

FLAGS_debug   := -Og -g3
FLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FLAGS_tsan    := -O1 -g -fsanitize=thread
FLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -pie \
                 -fno-asynchronous-unwind-tables
FLAGS  := $(FLAGS_$(BUILD))
# Half a megabyte of addresses that are set at the start, packed into a few kilobytes.
LINK_release := -Wl,-z,pack-relative-relocs -Wl,--gc-sections
LINK   := $(LINK_$(BUILD))
CFLAGS += -std=c11 -D_GNU_SOURCE -Isrc -I. -I$(OUT) -Ibuild/gen -MMD -MP -fno-common -pthread $(WARN) $(FLAGS)
CFLAGS += $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS)))
LDLIBS += $(shell pkg-config --libs $(PKGS)) -lzint -lm -pthread

SQL    := $(sort $(shell find src -name '*.sql' -not -path '*/migrations/*' -not -name '*_test.sql'))
SQL    += $(sort $(shell find src -name '*_test.sql'))
MIGR   := $(sort $(wildcard src/store/migrations/*.sql))
ASSETS := $(sort $(wildcard src/faces/pages/assets/*) $(wildcard src/faces/pages/templates/*))
ALL    := $(sort $(shell find src -name '*.c'))
PROOF  := $(sort $(filter-out %_test.c,$(wildcard test/sim/sim_*.c test/load/torture*.c)))
TESTS  := $(filter %_test.c,$(ALL) $(sort $(wildcard bench/*.c))) $(filter-out $(PROOF),$(sort $(shell find test -name '*.c')))
CODE   := $(filter-out %_test.c src/app/main.c src/base/lazy.c,$(ALL)) $(sort $(filter-out %_test.c,$(wildcard bench/*.c))) $(PROOF)
GEN    := build/gen/queries.c build/gen/migrations.c build/gen/assets.c build/gen/reasons.c
obj     = $(patsubst $(OUT)/build/gen/%,$(OUT)/gen/%,$(patsubst %.c,$(OUT)/%.o,$(1)))
.SECONDARY:
.DELETE_ON_ERROR:

.PHONY: all
all: build/waybill ## build the program at build/waybill

build/waybill: $(OUT)/waybill
	@mkdir -p build && cp $< $@.new && mv -f $@.new $@

# The released program starts without its libraries and loads each when it is first used.
LAZY := $(if $(findstring release x86_64,$(BUILD) $(shell uname -m)),yes)
ifdef LAZY
$(OUT)/waybill: $(call obj,$(CODE) src/app/main.c $(GEN)) $(call obj,src/base/lazy.c) $(OUT)/lazy.o
	$(CC) $(FLAGS) $(LINK) -o $@ $^ -lm -ldl -pthread

$(OUT)/lazy.o: tools/lazy $(call obj,$(CODE) src/app/main.c $(GEN))
	tools/lazy $(wordlist 2,$(words $^),$^) -- $(filter-out -lm -pthread,$(filter -l%,$(LDLIBS))) > $(@:.o=.S)
	$(CC) -c -o $@ $(@:.o=.S)
else
$(OUT)/waybill: $(call obj,$(CODE) src/app/main.c $(GEN))
	$(CC) $(FLAGS) $(LINK) -o $@ $^ $(LDLIBS)
endif

$(OUT)/tests: $(call obj,$(CODE) $(TESTS) $(GEN) build/gen/queries_test.c)
	$(CC) $(FLAGS) $(LINK) -o $@ $^ $(LDLIBS)

$(OUT)/test/%.o $(OUT)/%_test.o: CFLAGS += -Itest

# Rooms that wait for a person or for a disk are made small, all others fast.
COLD := src/faces/cli src/faces/pages src/app src/drivers src/services test
ifeq ($(BUILD),release)
$(COLD:%=$(OUT)/%/%.o): CFLAGS += -Os
endif

$(OUT)/gen/%.o: build/gen/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -Wno-overlength-strings -c -o $@ $<

$(OUT)/%.o: %.c | build/gen/queries.h
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c -o $@ $<

build/gen/queries.c build/gen/queries_test.c build/gen/queries.h &: tools/sqlgen.awk $(SQL)
	@mkdir -p build/gen
	awk -v header=build/gen/queries.h -v source=build/gen/queries.c -v tests=build/gen/queries_test.c \
	    -f tools/sqlgen.awk $(SQL)

build/gen/migrations.c: tools/migrations.awk $(MIGR)
	@mkdir -p build/gen
	awk -f tools/migrations.awk $(MIGR) > $@

build/gen/assets.c: tools/embed.awk $(ASSETS)
	@mkdir -p build/gen
	awk -f tools/embed.awk $(ASSETS) > $@

build/gen/reasons.c: tools/reasons.awk $(CODE)
	@mkdir -p build/gen
	awk -f tools/reasons.awk $(CODE) > $@

FUZZ := $(filter-out replay,$(basename $(notdir $(wildcard fuzz/*.c))))

$(OUT)/fuzz-%: $(OUT)/fuzz/%.o $(OUT)/fuzz/replay.o $(call obj,$(CODE) $(GEN))
	$(CC) $(FLAGS) $(LINK) -o $@ $^ $(LDLIBS)

replay: $(addprefix $(OUT)/fuzz-,$(FUZZ)) ## run the fuzz targets on their stored inputs (BUILD=asan)
	@for t in $(FUZZ); do $(OUT)/fuzz-$$t fuzz/corpus/$$t fuzz/regression/$$t >/dev/null && echo "ok fuzz $$t" || echo "FAILED fuzz $$t"; done

FUZZERS := $(addprefix fuzz-,$(FUZZ))
.PHONY: $(FUZZERS)
$(FUZZERS): fuzz-%: ## fuzz one target with libFuzzer for a minute (clang)
	$(MAKE) CC=clang BUILD=fuzz build/fuzz/engine-$*
	mkdir -p build/corpus/$* && build/fuzz/engine-$* -max_total_time=60 build/corpus/$* fuzz/corpus/$*

build/fuzz/engine-%: build/fuzz/fuzz/%.o $(call obj,$(CODE) $(GEN))
	$(CC) $(FLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

# The other compiler sees other mistakes: all sources once, without making code.
SEEN := $(patsubst %.c,build/seen/%,$(ALL) $(TESTS) $(sort $(wildcard bench/*.c fuzz/*.c)))
build/seen/%: %.c | build/gen/queries.h
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -Itest -MF $@.d -MT $@ -fsyntax-only $< && touch $@
seen: $(SEEN)
other-compiler: ## let clang read everything with all its warnings
	@$(MAKE) --no-print-directory CC=clang BUILD=debug seen

PAGE ?= docs/complaints.md
PROMISES := tools/complaints.awk test/complaints/promises.txt
.PHONY: complaints
complaints: ## list the complaints that are tested, in docs/complaints.md
	@awk -f $(PROMISES) $(sort $(TESTS)) > $(PAGE)

.PHONY: replay seen other-compiler
.PHONY: check layers lint format bench help clean install
layers: ## check who may include whom
	@awk -f tools/layers.awk tools/layers.txt $(sort $(shell find src -name '*.[ch]'))

check: layers ## build with sanitizers and run every unit test (SQLite; PostgreSQL when WAYBILL_TEST_PG is set)
	$(MAKE) BUILD=asan build/asan/tests
	build/asan/tests

lint: layers ## layers, formatting and our own taste
	clang-format --dry-run -Werror $(shell find src test bench fuzz -name '*.[ch]')
	sh tools/tidy

format: ## rewrite all C in the house style
	clang-format -i $(shell find src test bench fuzz -name '*.[ch]')

bench: build/waybill ## measure against the floors
	build/waybill bench

PREFIX ?= /usr/local
install: build/waybill ## install under $(PREFIX)
	install -D -m 755 build/waybill $(DESTDIR)$(PREFIX)/bin/waybill

clean: ## remove what was built
	rm -rf build

help: ## this list
	@sed -n 's/^$$(FUZZERS): fuzz-%:/fuzz-NAME:/; s/^\([a-zN-]*AME\|[a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

-include $(shell find build -name '*.d' 2>/dev/null)
