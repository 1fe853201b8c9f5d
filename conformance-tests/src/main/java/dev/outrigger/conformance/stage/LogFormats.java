// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

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

    /** What moved on the wire, in both protocols' terms, and what names a connection. */
    private static final List<String> WIRE =
            List.of(
                    "%DOWNSTREAM_WIRE_BYTES_RECEIVED% %DOWNSTREAM_WIRE_BYTES_SENT%",
                    "%DOWNSTREAM_HEADER_BYTES_RECEIVED% %DOWNSTREAM_HEADER_BYTES_SENT%",
                    "%DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED%"
                            + " %DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT%",
                    "%UPSTREAM_WIRE_BYTES_RECEIVED% %UPSTREAM_WIRE_BYTES_SENT%",
                    "%UPSTREAM_HEADER_BYTES_RECEIVED% %UPSTREAM_HEADER_BYTES_SENT%",
                    "%UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED%"
                            + " %UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT%",
                    "%LISTENER_NAME% %FILTER_CHAIN_NAME%",
                    "%DOWNSTREAM_DETECTED_CLOSE_TYPE% %DOWNSTREAM_LOCAL_CLOSE_REASON%",
                    "%UPSTREAM_DETECTED_CLOSE_TYPE% %UPSTREAM_LOCAL_CLOSE_REASON%");

    /** What an attempt's line tells of it; two runs share all of it. */
    private static final List<String> UPSTREAM =
            List.of(
                    "%REQ(:METHOD)% %REQ(:PATH)% %REQ(X-A)% %PROTOCOL%",
                    "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%",
                    "%RESP(X-B)% %TRAILER(X-T)%",
                    "%BYTES_RECEIVED% %BYTES_SENT%",
                    "%ROUTE_NAME% %UPSTREAM_CLUSTER% %UPSTREAM_REQUEST_ATTEMPT_COUNT%",
                    "%UPSTREAM_HOST_NAME_WITHOUT_PORT% %UPSTREAM_PROTOCOL%",
                    "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
                    "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %LISTENER_NAME%",
                    "%UPSTREAM_WIRE_BYTES_RECEIVED% %UPSTREAM_HEADER_BYTES_RECEIVED%",
                    "%DOWNSTREAM_WIRE_BYTES_RECEIVED% %REQUEST_HEADERS_BYTES%",
                    "%ACCESS_LOG_TYPE%");

    /** Those that a Sidecar's {@code accessLog} may name, each behind its name. */
    private static final List<String> OF_DOCUMENTS =
            List.of(
                    "BYTES_RECEIVED",
                    "BYTES_SENT",
                    "CONNECTION_ID",
                    "DOWNSTREAM_DIRECT_REMOTE_ADDRESS",
                    "DOWNSTREAM_LOCAL_ADDRESS",
                    "DOWNSTREAM_REMOTE_ADDRESS",
                    "DURATION",
                    "PROTOCOL",
                    "REQUEST_DURATION",
                    "RESPONSE_CODE",
                    "RESPONSE_CODE_DETAILS",
                    "RESPONSE_DURATION",
                    "RESPONSE_FLAGS",
                    "ROUTE_NAME",
                    "START_TIME",
                    "UPSTREAM_CLUSTER",
                    "UPSTREAM_HOST",
                    "UPSTREAM_REQUEST_ATTEMPT_COUNT",
                    "UPSTREAM_TRANSPORT_FAILURE_REASON",
                    "REQ(:METHOD)",
                    "REQ(X-A?X-B):3",
                    "RESP(X-C)",
                    "TRAILER(X-T)");

    private LogFormats() {}

    /** Whatever operator a document may name, as {@code NAME=value} one behind the other. */
    static String every() {
        return OF_DOCUMENTS.stream()
                .map(operator -> operator + "=%" + operator + "%")
                .collect(Collectors.joining(" "));
    }

    /** A logger's fields for lines of the text. */
    static String text(String format) {
        return ", log_format: {text_format_source: {inline_string: \"" + format + "\\n\"}}";
    }

    /**
     * A format by its name.
     *
     * @param name {@code wire}, or the number of a drawn one
     */
    static String named(String name) {
        return name.equals("wire") ? text(String.join(" | ", WIRE)) : drawn(Long.parseLong(name));
    }

    /** The format of an upstream log, behind the word that marks its lines. */
    static String upstream(String mark) {
        return text(mark + String.join(" | ", UPSTREAM));
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
