// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Decides before a run whether the machine is quiet enough to measure on. */
public final class QuietCheck {

    private static final Path PRESSURE = Path.of("/proc/pressure/cpu");
    private static final double PRESSURE_LIMIT_PERCENT = 10;

    private QuietCheck() {}

    /** Watches for a while and tells what speaks against measuring now; empty when nothing does. */
    public static List<String> objections(Duration window)
            throws IOException, InterruptedException {
        var watch = MachineWatch.start();
        TimeUnit.NANOSECONDS.sleep(window.toNanos());
        List<String> objections = new ArrayList<>(watch.read().reasons());
        // Kernels without pressure accounting have no such file; the two other signs remain.
        if (Files.isReadable(PRESSURE)) {
            double pressure = parsePressurePercent(Files.readString(PRESSURE));
            if (pressure > PRESSURE_LIMIT_PERCENT) {
                objections.add(
                        "tasks waited for a CPU "
                                + pressure
                                + " % of the last 10 s (limit: "
                                + (int) PRESSURE_LIMIT_PERCENT
                                + " %)");
            }
        }
        return List.copyOf(objections);
    }

    /** Value of {@code some avg10} in a pressure file. */
    static double parsePressurePercent(String text) {
        var mark = "some avg10=";
        int start = text.indexOf(mark);
        int end = start < 0 ? -1 : text.indexOf(' ', start + mark.length());
        if (end < 0) {
            throw new IllegalArgumentException(
                    "pressure: '" + text.strip() + "' (expected: some avg10=…)");
        }
        return Double.parseDouble(text.substring(start + mark.length(), end));
    }
}
