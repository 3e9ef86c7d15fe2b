/* Where our own files are: in a build tree, installed, or in an installed tree that was moved. */
#ifndef CPT_TOOL_PLACE_H
#define CPT_TOOL_PLACE_H

#include <limits.h>
#include <stdbool.h>

/* Finds the file that is BUILT below the top of a build tree, where the program stands, and INSTALLED (absolute) once it is
   installed. False: there is none that can be read. */
bool cpt_place_find(char path[PATH_MAX], const char *built, const char *installed);

/* Where INSTALLED is, seen from this program: a tree may be moved as a whole, and `make install DESTDIR=…` does. False: the
   program does not lie where it would then. */
bool cpt_place_of_installed(char path[PATH_MAX], const char *installed);

#endif
