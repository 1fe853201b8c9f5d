// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Formats of access logs: given ones, and ones drawn by number, alike on every machine. */
final class LogFormats {
    /** Whatever two runs share. */
    private static final List<String> OPERATORS =
            List.of(
                    "%REQ(X-A)%",
                    "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH):9%",
                    "%REQ(:METHOD)%",
                    "%PROTOCOL%",
                    "%RESPONSE_CODE%",
                    "%RESPONSE_CODE_DETAILS%",
                    "%RESPONSE_FLAGS%",
                    "%ROUTE_NAME%",
                    "%VIRTUAL_CLUSTER_NAME%",
                    "%UPSTREAM_CLUSTER%",
                    "%BYTES_RECEIVED%",
                    "%BYTES_SENT%",
                    "%RESP(X-B)%",
                    "%RESP(CONTENT-TYPE?SERVER)%",
                    "%TRAILER(X-T)%",
                    "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
                    "%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%",
                    "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
                    "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
                    "%CONNECTION_TERMINATION_DETAILS%",
                    "%REQUESTED_SERVER_NAME%",
                    "%DYNAMIC_METADATA(gen:k)%",
                    "%DYNAMIC_METADATA(gen)%",
                    "%ACCESS_LOG_TYPE%");

    private LogFormats() {}

    /** A logger's fields for lines of the text. */
    static String text(String format) {
        return ", log_format: {text_format_source: {inline_string: \"" + format + "\\n\"}}";
    }

    /** The format of that number. */
    static String drawn(long number) {
        var random = new SplittableRandom(number);
        boolean json = random.nextBoolean();
        var parts = new ArrayList<String>();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            var operator = OPERATORS.get(random.nextInt(OPERATORS.size()));
            if (random.nextInt(5) == 0) {
                operator = "a" + operator + "b";
            }
            parts.add(json ? "f" + i + ": \"" + operator + "\"" : operator);
        }
        return json
                ? ", log_format: {json_format: {" + String.join(", ", parts) + "}}"
                : text(String.join(" | ", parts));
    }
}
