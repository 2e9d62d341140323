/* fuzz/replay.c: runs a fuzz target on stored inputs, so that plain gcc machines replay them too:
 * replay FOLDER... */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void one(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) return;
    size_t size = 0, room = 1 << 16, n;
    uint8_t *data = malloc(room);
    while (data && (n = fread(data + size, 1, room - size, f)) > 0)
        if ((size += n) == room) data = realloc(data, room *= 2);
    fclose(f);
    /* An exact copy, so that the sanitizer sees a read past the end. */
    uint8_t *exact = malloc(size ? size : 1);
    if (data && exact) {
        memcpy(exact, data, size);
        LLVMFuzzerTestOneInput(exact, size);
    }
    free(exact);
    free(data);
}

int main(int argc, char **argv)
{
    int inputs = 0;
    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        for (struct dirent *e; dir && (e = readdir(dir));) {
            char path[4096];
            if (e->d_name[0] == '.') continue;
            snprintf(path, sizeof path, "%s/%s", argv[i], e->d_name);
            one(path);
            inputs++;
        }
        if (dir) closedir(dir);
    }
    printf("%d inputs\n", inputs);
    return inputs == 0;
}
