// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.accesslog.Operator.TextSource;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.WireText;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The operators that read the heads of requests and responses. */
final class HeadOperators {
    /** Of a header in lower case, or of a pseudo-header. */
    private static final Pattern NAME = Pattern.compile(":?[!#$%&'*+.^_`|~a-z0-9-]+");

    private static final List<String> GRPC_STATUS_NAMES =
            List.of(
                    "OK",
                    "Canceled",
                    "Unknown",
                    "InvalidArgument",
                    "DeadlineExceeded",
                    "NotFound",
                    "AlreadyExists",
                    "PermissionDenied",
                    "ResourceExhausted",
                    "FailedPrecondition",
                    "Aborted",
                    "OutOfRange",
                    "Unimplemented",
                    "Internal",
                    "Unavailable",
                    "DataLoss",
                    "Unauthenticated");

    private static final List<String> GRPC_STATUS_SNAKE_NAMES =
            List.of(
                    "OK",
                    "CANCELLED",
                    "UNKNOWN",
                    "INVALID_ARGUMENT",
                    "DEADLINE_EXCEEDED",
                    "NOT_FOUND",
                    "ALREADY_EXISTS",
                    "PERMISSION_DENIED",
                    "RESOURCE_EXHAUSTED",
                    "FAILED_PRECONDITION",
                    "ABORTED",
                    "OUT_OF_RANGE",
                    "UNIMPLEMENTED",
                    "INTERNAL",
                    "UNAVAILABLE",
                    "DATA_LOSS",
                    "UNAUTHENTICATED");

    private static final int STATUS_BYTES = ":status".length() + "200".length();

    private HeadOperators() {}

    /** {@code NAME} or {@code NAME?ALTERNATIVE}. */
    static TextSource request(String argument) {
        String[] names = names(argument);
        TextSource first = oneRequestHeader(names[0]);
        if (names.length == 1) {
            return first;
        }
        TextSource second = oneRequestHeader(names[1]);
        return context -> {
            String value = first.read(context);
            return value == null ? second.read(context) : value;
        };
    }

    static TextSource streamId() {
        TextSource id = oneRequestHeader("x-request-id");
        return context -> {
            String ofRequest = context.hasStreamId() ? id.read(context) : null;
            return ofRequest == null ? context.connectionStreamId() : ofRequest;
        };
    }

    static TextSource trailer(String argument) {
        String[] names = names(argument);
        byte[] first = WireText.bytes(names[0]);
        byte[] second = WireText.bytes(names[names.length - 1]);
        return c -> {
            String value = header(c.trailers(), first);
            return value == null ? header(c.trailers(), second) : value;
        };
    }

    static TextSource response(String argument) {
        String[] names = names(argument);
        byte[] first = WireText.bytes(names[0]);
        byte[] second = WireText.bytes(names[names.length - 1]);
        if (names[0].equals(":status")) {
            return c -> c.response() == null ? null : status(c.response());
        }
        return c -> {
            ResponseHead response = c.response();
            if (response == null) {
                return null;
            }
            String value = header(response.headers(), first);
            return value == null ? header(response.headers(), second) : value;
        };
    }

    private static String[] names(String argument) {
        String[] names = Ascii.lower(argument).split("\\?", -1);
        if (names.length > 2) {
            throw new IllegalArgumentException(
                    "More than 1 alternative header specified in token: " + argument);
        }
        for (String name : names) {
            if (!name.isEmpty() && !NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "Invalid header configuration. Format string contains invalid characters.");
            }
        }
        return names;
    }

    private static TextSource oneRequestHeader(String name) {
        byte[] bytes = WireText.bytes(name);
        return switch (name) {
            case ":method" -> c -> c.request() == null ? null : method(c.request());
            case ":path" -> c -> c.request() == null ? null : path(c.request());
            case ":authority", "host" -> c -> authority(c.request());
            case ":scheme" -> c -> scheme(c.request());
            default -> c -> c.request() == null ? null : header(headers(c.request()), bytes);
        };
    }

    /** {@code WQ} or {@code NQ}, then which of the two paths. */
    static TextSource path(String argument) {
        String[] options = argument.split(":", 2);
        boolean query =
                switch (options[0]) {
                    case "", "WQ" -> true;
                    case "NQ" -> false;
                    default ->
                            throw new IllegalArgumentException(
                                    "Invalid PATH option: '"
                                            + options[0]
                                            + "', only 'WQ'/'NQ' are allowed");
                };
        TextSource original = oneRequestHeader("x-envoy-original-path");
        TextSource current = oneRequestHeader(":path");
        TextSource wanted =
                switch (options.length == 1 ? "ORIG_OR_PATH" : options[1]) {
                    case "ORIG" -> original;
                    case "PATH" -> current;
                    case "ORIG_OR_PATH" ->
                            context -> {
                                String path = original.read(context);
                                return path == null ? current.read(context) : path;
                            };
                    default ->
                            throw new IllegalArgumentException(
                                    "Invalid PATH option: '"
                                            + options[1]
                                            + "', only 'ORIG'/'PATH'/'ORIG_OR_PATH' are allowed");
                };
        return query ? wanted : context -> withoutQuery(wanted.read(context));
    }

    private static @Nullable String withoutQuery(@Nullable String path) {
        if (path == null) {
            return null;
        }
        int mark = path.indexOf('?');
        return mark < 0 ? path : path.substring(0, mark);
    }

    static Operator grpcStatus(Operators.Command command) {
        return switch (command.argument()) {
            case "", "CAMEL_STRING" -> command.text(c -> name(c, GRPC_STATUS_NAMES));
            case "SNAKE_STRING" -> command.text(c -> name(c, GRPC_STATUS_SNAKE_NAMES));
            case "NUMBER" -> command.number(HeadOperators::grpcStatus);
            default ->
                    throw new IllegalArgumentException(
                            "GrpcStatusFormatter only supports CAMEL_STRING, SNAKE_STRING or"
                                    + " NUMBER.");
        };
    }

    private static @Nullable String name(FormatContext context, List<String> names) {
        long status = grpcStatus(context);
        return status < 0
                ? null
                : status < names.size() ? names.get((int) status) : Long.toString(status);
    }

    /** Of a gRPC request: what the response says, or what follows from its code; else -1. */
    static long grpcStatus(FormatContext context) {
        RequestHead request = context.request();
        if (request == null || !request.isGrpc()) {
            return -1;
        }
        long named = GrpcStatuses.named(context);
        return named < 0 ? GrpcStatuses.ofHttp(context.info().responseCode()) : named;
    }

    /** Names and values of the request as it is now; 0 without one. */
    static long requestBytes(FormatContext context) {
        RequestHead request = context.request();
        return request == null ? 0 : request.headerBytes();
    }

    /** Names and values of the response. */
    static long responseBytes(FormatContext context) {
        ResponseHead response = context.response();
        return response == null ? 0 : response.headers().byteSize() + STATUS_BYTES;
    }

    static long trailerBytes(FormatContext context) {
        HeaderBlock trailers = context.trailers();
        return trailers == null ? 0 : trailers.byteSize();
    }

    private static @Nullable String method(@Nullable RequestHead request) {
        return request == null || request.methodText().isEmpty() ? null : request.methodText();
    }

    private static @Nullable String path(@Nullable RequestHead request) {
        return request == null || request.pathLength() == 0 ? null : request.path();
    }

    private static @Nullable String status(@Nullable ResponseHead response) {
        return response == null ? null : Integer.toString(response.status());
    }

    private static @Nullable String scheme(@Nullable RequestHead request) {
        return request == null ? null : request.scheme();
    }

    private static @Nullable HeaderBlock headers(@Nullable RequestHead request) {
        return request == null ? null : request.headers();
    }

    private static @Nullable String authority(@Nullable RequestHead request) {
        return request == null ? null : request.headers().text(KnownHeader.HOST);
    }

    /** The value of the first line of this name; Envoy does not look at others. */
    private static @Nullable String header(@Nullable HeaderBlock headers, byte[] name) {
        if (headers == null) {
            return null;
        }
        int entry = headers.find(name, 0);
        if (entry < 0) {
            return null;
        }
        return headers.value(entry);
    }
}
