// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.config.AccessLogConfig;

/** An access log that takes what there is to say as values, not as a line: a gRPC service. */
@FunctionalInterface
public interface EntryLog {
    /** Takes what is logged; it changes after the call. On a worker's event loop. */
    void log(FormatContext context);

    /** Opens such logs. */
    @FunctionalInterface
    interface Opener {
        /** The same for equal configurations. Main loop. */
        EntryLog open(AccessLogConfig.Sink.Grpc config);
    }
}
