/* Prints the command script: mkscript TEMPLATE DIRECTORY, where DIRECTORY is the plugin's. */
#include "coreanalyze/coreptile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What tells plugins in different directories from each other. */
static unsigned int
identify(const char *directory)
{
    unsigned int hash = 2166136261u;

    for (; *directory; directory++)
        hash = (hash ^ (unsigned char)*directory) * 16777619u;
    return hash;
}

/* LINE with what stands between two @ replaced. */
static void
print_line(const char *line, const char *directory)
{
    static const char path[] = "@DIRECTORY@", id[] = "@ID@";

    while (*line) {
        if (strncmp(line, path, sizeof(path) - 1) == 0) {
            fputs(directory, stdout);
            line += sizeof(path) - 1;
        } else if (strncmp(line, id, sizeof(id) - 1) == 0) {
            printf("%08x", identify(directory));
            line += sizeof(id) - 1;
        } else {
            putchar(*line++);
        }
    }
}

static bool
print_template(const char *path, const char *directory)
{
    FILE *template = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;

    if (!template) {
        perror(path);
        return false;
    }
    while (getline(&line, &size, template) > 0)
        print_line(line, directory);
    free(line);
    fclose(template);
    return true;
}

/* gdb's macros keep the arguments as they were typed: nothing else does, and takes any number of them. */
static bool
print_command(const struct cpt_debugger_command *command)
{
    char *help = cpt_debugger_help(command->name);

    if (!help)
        return false;
    printf("\ndefine py-%s\n", command->name);
    printf("  set $_cpt_arguments = 0\n"
           "  while $_cpt_arguments < $argc\n"
           "    eval \"macro define coreptile_argument_%%d $arg%%d\", $_cpt_arguments, $_cpt_arguments\n"
           "    set $_cpt_arguments = $_cpt_arguments + 1\n"
           "  end\n"
           "  _cpt-run py-%s\n"
           "end\n", command->name);
    printf("document py-%s\n%s.\n%s%send\n", command->name, command->summary, help,
           help[strlen(help) - 1] == '\n' ? "" : "\n");
    free(help);
    return true;
}

int
main(int argc, char **argv)
{
    struct cpt_debugger_command command;

    if (argc != 3) {
        fprintf(stderr, "usage: mkscript TEMPLATE DIRECTORY\n");
        return CPT_EXIT_USAGE;
    }
    if (!print_template(argv[1], argv[2]))
        return 1;
    for (size_t i = 0; cpt_debugger_command_get(i, &command); i++)
        if (!print_command(&command))
            return 1;
    printf("\nif $_cpt_confirm\n  set confirm on\nend\n");
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
