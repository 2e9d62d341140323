/* base/lazy.c: loads a library when one of its functions is first called; see tools/lazy. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct lazy_function {
    const char *name, *library; /* the library by its soname */
};
extern const struct lazy_function lazy_functions[]; /* made by tools/lazy, like lazy_slots */
extern void *lazy_slots[];
void *lazy_find(uint32_t index);

/* Threads that come here at once find the same address: the loader has its own lock. */
void *lazy_find(uint32_t index)
{
    const struct lazy_function *wanted = &lazy_functions[index];
    void *library = dlopen(wanted->library, RTLD_LAZY | RTLD_LOCAL);
    void *function = library ? dlsym(library, wanted->name) : NULL;
    if (!function) {
        fprintf(stderr, "waybill: this needs a library that cannot be loaded: %s\n", dlerror());
        exit(69);
    }
    __atomic_store_n(&lazy_slots[index], function, __ATOMIC_RELEASE);
    return function;
}
