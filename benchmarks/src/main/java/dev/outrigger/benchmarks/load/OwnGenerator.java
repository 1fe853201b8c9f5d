// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.io.IOException;

/** The built-in generator: closed loop and fixed rate, in this JVM. */
public final class OwnGenerator implements Generator {

    @Override
    public String description() {
        return "built-in (NIO, HdrHistogram)";
    }

    @Override
    public LoadResult run(int port, RequestProfile request, LoadShape shape, LoadLimit limit)
            throws IOException, InterruptedException {
        return switch (shape) {
            case LoadShape.ClosedLoop(int connections) ->
                    new ClosedLoopRun(port, request.bytes(), limit).run(connections);
            case LoadShape.FixedRate fixedRate ->
                    new FixedRateRun(port, request.bytes(), limit).run(fixedRate);
        };
    }
}
