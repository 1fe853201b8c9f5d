// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What has to stand beside a figure for it to mean anything: processor, cores, kernel. */
public record MachineFacts(String processor, int cores, String kernel, String jvm) {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final String MODEL = "model name";

    /** Reads them from this machine. */
    public static MachineFacts read() throws IOException {
        return new MachineFacts(
                readProcessor(),
                countCores(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + Runtime.version());
    }

    private static String readProcessor() throws IOException {
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith(MODEL))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("unknown");
        }
    }

    /** Not availableProcessors: this JVM is pinned and would see one. */
    static int countCores() throws IOException {
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return (int) lines.filter(line -> line.startsWith("processor")).count();
        }
    }
}
