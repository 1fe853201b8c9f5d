// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.machine;

import java.util.concurrent.TimeUnit;

/**
 * The fields of {@code /proc/<pid>/stat} that are used here (proc_pid_stat(5)).
 *
 * @param reapedNanos time of ended children the process has waited for
 */
record ProcStat(long parent, long userNanos, long systemNanos, long reapedNanos) {

    /** USER_HZ is 100 wherever Linux runs Java. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final int PARENT = 1;
    private static final int USER = 11;
    private static final int SYSTEM = 12;
    private static final int REAPED_USER = 13;
    private static final int REAPED_SYSTEM = 14;

    static ProcStat parse(String text) {
        // The command name is in brackets and may hold blanks and brackets itself: count from the
        // last one.
        int nameEnd = text.lastIndexOf(')');
        var fields = nameEnd < 0 ? new String[0] : text.substring(nameEnd + 1).strip().split(" ");
        if (fields.length <= REAPED_SYSTEM) {
            throw new IllegalArgumentException(
                    "stat: '" + text.strip() + "' (expected: at least 17 fields)");
        }
        return new ProcStat(
                Long.parseLong(fields[PARENT]),
                nanos(fields[USER]),
                nanos(fields[SYSTEM]),
                nanos(fields[REAPED_USER]) + nanos(fields[REAPED_SYSTEM]));
    }

    long totalNanos() {
        return userNanos + systemNanos + reapedNanos;
    }

    private static long nanos(String ticks) {
        return Long.parseLong(ticks) * TICK_NANOS;
    }
}
