// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.io.IOException;

/** The one line our wrk script prints when a run is over. */
final class WrkReport {

    /** wrk's Lua hook; every value in microseconds or a count. */
    static final String SCRIPT =
            """
            done = function(summary, latency, requests)
              local e = summary.errors
              io.write(string.format("outrigger %d %d %d %d %d %d %d %d\\n",
                summary.requests, summary.duration,
                e.connect + e.read + e.write + e.status + e.timeout,
                latency:percentile(50), latency:percentile(90), latency:percentile(99),
                latency:percentile(99.9), latency.max))
            end
            """;

    private static final String MARK = "outrigger ";
    private static final int FIELDS = 8;
    private static final double MICROS_PER_SECOND = 1_000_000;

    private WrkReport() {}

    static LoadResult parse(String output) throws IOException {
        var line =
                output.lines()
                        .filter(each -> each.startsWith(MARK))
                        .findFirst()
                        .orElseThrow(() ->
                                new IOException(
                                        "wrk printed no result; its output was: "
                                                + output.strip()));
        var words = line.substring(MARK.length()).strip().split(" ");
        if (words.length != FIELDS) {
            throw new IOException(
                    "wrk result: " + words.length + " fields (expected: " + FIELDS + "): " + line);
        }
        long[] values = new long[FIELDS];
        for (int i = 0; i < FIELDS; i++) {
            values[i] = Long.parseLong(words[i]);
        }
        // wrk counts an answer with another status as a request and as an error.
        return new LoadResult(
                Math.max(values[0] - values[2], 0),
                values[2],
                values[1] / MICROS_PER_SECOND,
                values[3],
                values[4],
                values[5],
                values[6],
                values[7]);
    }
}
