// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;

/** h2load's log: a line for each request with its start, status and microseconds, by tabs. */
final class H2loadLog {

    private static final int FIELDS = 3;
    private static final int DIGITS = 3;

    private H2loadLog() {}

    static LoadResult read(Path log, double elapsedSeconds) throws IOException {
        var latencies = new Histogram(DIGITS);
        long errors = 0;
        try (var reader = Files.newBufferedReader(log)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                var fields = line.split("\t");
                if (fields.length < FIELDS) {
                    throw new IOException(
                            "h2load's log: '" + line + "' (expected: start, status, microseconds)");
                }
                if (fields[1].equals("200")) {
                    latencies.recordValue(Long.parseLong(fields[2]));
                } else {
                    errors++;
                }
            }
        }
        return new LoadResult(
                latencies.getTotalCount(),
                errors,
                elapsedSeconds,
                latencies.getValueAtPercentile(50),
                latencies.getValueAtPercentile(90),
                latencies.getValueAtPercentile(99),
                latencies.getValueAtPercentile(99.9),
                latencies.getMaxValue());
    }
}
