/* embed OUT FOLDER [FILE…]: writes a C table of the files, each by its path below FOLDER, sorted by
 * path. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_A_LINE = 16, MAX_PATH = 4096 };

static int by_path(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool write_bytes(FILE *out, const char *folder, const char *file, int index)
{
    char path[MAX_PATH];
    if (snprintf(path, sizeof path, "%s/%s", folder, file) >= (int)sizeof path) {
        fprintf(stderr, "%s: the path is too long\n", file);
        return false;
    }
    FILE *in = fopen(path, "rb");
    if (!in) {
        perror(path);
        return false;
    }
    fprintf(out, "static const uint8_t file_%d[] = {", index);
    size_t n = 0;
    for (int c; (c = fgetc(in)) != EOF; n++)
        fprintf(out, "%s%d,", n % BYTES_A_LINE == 0 ? "\n" : "", c);
    /* An empty file still needs an element; its length says that it is not there. */
    fprintf(out, "%s};\nenum { SIZE_%d = %zu };\n", n ? "" : "0", index, n);
    const bool ok = !ferror(in);
    fclose(in);
    return ok;
}

static bool write_table(FILE *out, const char *folder, char **files, int n)
{
    fprintf(out, "/* Written by embed; do not edit. */\n#include \"document/gallery.h\"\n\n");
    fprintf(out, "extern const struct gallery_file gallery_files[];\n");
    fprintf(out, "extern const size_t gallery_file_count;\n");
    for (int i = 0; i < n; i++) {
        if (!write_bytes(out, folder, files[i], i))
            return false;
    }
    fprintf(out, "const struct gallery_file gallery_files[] = {\n");
    for (int i = 0; i < n; i++)
        fprintf(out, "    {\"%s\", {file_%d, SIZE_%d}},\n", files[i], i, i);
    fprintf(out, "    {NULL, {NULL, 0}},\n};\nconst size_t gallery_file_count = %d;\n", n);
    return true;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: embed OUT FOLDER [FILE...]\n");
        return EXIT_FAILURE;
    }
    qsort(argv + 3, (size_t)(argc - 3), sizeof *argv, by_path);
    FILE *out = fopen(argv[1], "wb");
    if (!out) {
        perror(argv[1]);
        return EXIT_FAILURE;
    }
    bool ok = write_table(out, argv[2], argv + 3, argc - 3);
    if (fclose(out) != 0) {
        perror(argv[1]);
        ok = false;
    }
    if (!ok)
        remove(argv[1]);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
