// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.util.concurrent.atomic.AtomicLong;

/** Names requests, for the answer and the log. Any thread. */
final class RequestIds {
    static final HeaderName HEADER = HeaderNames.create("X-Request-Id");

    private final String prefix;
    private final AtomicLong count = new AtomicLong();

    /** The prefix tells runs of the program apart. */
    RequestIds(String prefix) {
        this.prefix = prefix;
    }

    String next() {
        return "req-" + prefix + "-" + count.incrementAndGet();
    }
}
