/* Shifts the wall clock of one process by WRONG_CLOCK seconds; clocks that only measure are right. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, now);
    const char *shift = getenv("WRONG_CLOCK");
    if (result == 0 && shift && clock == CLOCK_REALTIME) now->tv_sec += atol(shift);
    return result;
}
