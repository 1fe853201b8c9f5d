// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One window in which strangers are watched: opened before a sample, read after it. */
public final class MachineWatch {

    private static final Path PROC = Path.of("/proc");
    private static final long KERNEL_THREADS_PARENT = 2;
    private static final double TICKS_PER_SECOND = 100;

    private final long startNanos;
    private final long foreignNanos;
    private final long stealTicks;

    private MachineWatch(long startNanos, long foreignNanos, long stealTicks) {
        this.startNanos = startNanos;
        this.foreignNanos = foreignNanos;
        this.stealTicks = stealTicks;
    }

    /** Starts to watch everything but this process and its descendants. */
    public static MachineWatch start() throws IOException {
        return new MachineWatch(System.nanoTime(), readForeignNanos(), readStealTicks());
    }

    /** What happened since the start; may be read several times. */
    public Disturbance read() throws IOException {
        double seconds = Math.max((System.nanoTime() - startNanos) / 1e9, 1e-3);
        int cores = MachineFacts.countCores();
        // A process that ended and was not waited for takes its past with it, hence the floor of
        // zero.
        double foreign = Math.max(readForeignNanos() - foreignNanos, 0) / 1e9;
        double steal = (readStealTicks() - stealTicks) / TICKS_PER_SECOND;
        return new Disturbance(foreign / seconds, steal / seconds / cores);
    }

    /**
     * Sum over all foreign processes of their own time and that of the children they waited for. A
     * process that ends moves its time to its parent, so the sum grows by exactly what was used.
     */
    private static long readForeignNanos() throws IOException {
        Set<Long> own = ownProcesses();
        long nanos = 0;
        try (Stream<Path> entries = Files.list(PROC)) {
            for (var entry : entries.toList()) {
                var name = entry.getFileName().toString();
                if (!Character.isDigit(name.charAt(0)) || own.contains(Long.valueOf(name))) {
                    continue;
                }
                nanos += foreignNanos(entry, own);
            }
        }
        return nanos;
    }

    private static long foreignNanos(Path process, Set<Long> own) {
        try {
            var stat = ProcStat.parse(Files.readString(process.resolve("stat")));
            // Kernel threads work for whoever sends packets, which is mostly us.
            boolean kernel = stat.parent() == KERNEL_THREADS_PARENT;
            return kernel || own.contains(stat.parent()) ? 0 : stat.totalNanos();
        } catch (IOException ended) {
            return 0;
        }
    }

    private static Set<Long> ownProcesses() {
        var self = ProcessHandle.current();
        Set<Long> own =
                self.descendants()
                        .map(ProcessHandle::pid)
                        .collect(Collectors.toCollection(HashSet::new));
        own.add(self.pid());
        return own;
    }

    private static long readStealTicks() throws IOException {
        try (Stream<String> lines = Files.lines(PROC.resolve("stat"))) {
            return parseStealTicks(lines.findFirst().orElse(""));
        }
    }

    /** Eighth number of the line that sums all CPUs (proc_stat(5)). */
    static long parseStealTicks(String cpuLine) {
        var fields = cpuLine.strip().split(" +");
        if (!fields[0].equals("cpu") || fields.length < 9) {
            throw new IllegalArgumentException(
                    "/proc/stat: '" + cpuLine + "' (expected: cpu and eight numbers)");
        }
        return Long.parseLong(fields[8]);
    }
}
