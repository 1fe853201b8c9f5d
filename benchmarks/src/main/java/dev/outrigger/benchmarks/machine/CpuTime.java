// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * CPU time a process and its children have used so far.
 *
 * <p>Two sources: {@code schedstat} of every thread (nanoseconds, but a thread that has ended is
 * gone from it) and {@code stat} of the process (10 ms ticks, ended threads included, and the only
 * one that tells user from system).
 *
 * @param schedNanos sum of the live threads' time on a CPU
 * @param userNanos user part, in ticks
 * @param systemNanos system part, in ticks
 */
public record CpuTime(long schedNanos, long userNanos, long systemNanos) {

    private static final CpuTime NONE = new CpuTime(0, 0, 0);

    /**
     * A thread that ended inside a sample takes its time out of the first source; beyond this the
     * second is right.
     */
    private static final long TICK_ERROR_NANOS = 30_000_000;

    /** Reads one process and all its descendants. */
    public static CpuTime ofTree(ProcessHandle root) throws IOException {
        var sum = of(root.pid());
        for (var child : root.descendants().toList()) {
            sum = sum.plus(of(child.pid()));
        }
        return sum;
    }

    private static CpuTime of(long pid) throws IOException {
        var process = Path.of("/proc", Long.toString(pid));
        long nanos = 0;
        try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
            for (var task : tasks.toList()) {
                nanos += schedNanos(task);
            }
            var stat = ProcStat.parse(Files.readString(process.resolve("stat")));
            return new CpuTime(nanos, stat.userNanos(), stat.systemNanos());
        } catch (NoSuchFileException ended) {
            return NONE;
        }
    }

    private static long schedNanos(Path task) throws IOException {
        try {
            return parseSchedstat(Files.readString(task.resolve("schedstat")));
        } catch (NoSuchFileException ended) {
            return 0;
        } catch (IOException gone) {
            // Reading a task that is just ending answers ESRCH, which has no exception of its own.
            if (Files.exists(task)) {
                throw gone;
            }
            return 0;
        }
    }

    /** First of the three numbers: nanoseconds on a CPU. */
    static long parseSchedstat(String text) {
        int end = text.indexOf(' ');
        if (end < 1) {
            throw new IllegalArgumentException(
                    "schedstat: '" + text.strip() + "' (expected: three numbers)");
        }
        return Long.parseLong(text, 0, end, 10);
    }

    CpuTime plus(CpuTime other) {
        return new CpuTime(
                schedNanos + other.schedNanos,
                userNanos + other.userNanos,
                systemNanos + other.systemNanos);
    }

    /** What was used since an earlier reading of the same processes. */
    public CpuTime since(CpuTime earlier) {
        return new CpuTime(
                schedNanos - earlier.schedNanos,
                userNanos - earlier.userNanos,
                systemNanos - earlier.systemNanos);
    }

    /** The better of the two sources, for a difference made by {@link #since}. */
    public long nanos() {
        long ticks = userNanos + systemNanos;
        return ticks - schedNanos > TICK_ERROR_NANOS + schedNanos / 50 ? ticks : schedNanos;
    }

    /** Share of the time spent in user mode, 0 when no tick has passed. */
    public double userShare() {
        long ticks = userNanos + systemNanos;
        return ticks > 0 ? (double) userNanos / ticks : 0;
    }
}
