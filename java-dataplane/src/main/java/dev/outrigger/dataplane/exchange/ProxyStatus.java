// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.ForwardingConfig;
import dev.outrigger.dataplane.config.ForwardingConfig.ProxyName;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.message.WireText;
import org.jspecify.annotations.Nullable;

/**
 * Tells the client in {@code proxy-status} (RFC 9209) why its answer is not the upstream's. Follows
 * {@code StreamInfo::ProxyStatusUtils} of Envoy. Immutable.
 */
final class ProxyStatus {
    private static final byte[] NAME = Ascii.bytes("proxy-status");
    private static final byte[] COMMA_BLANK = {',', ' '};

    /** An error type of the RFC with the status it recommends; 0 for none. */
    private enum ErrorType {
        DESTINATION_NOT_FOUND(500),
        DESTINATION_UNAVAILABLE(503),
        CONNECTION_REFUSED(502),
        CONNECTION_TERMINATED(502),
        CONNECTION_TIMEOUT(504),
        CONNECTION_LIMIT_REACHED(503),
        HTTP_REQUEST_ERROR(0),
        HTTP_RESPONSE_TIMEOUT(504),
        HTTP_PROTOCOL_ERROR(502);

        private final int recommended;
        private final String text = name().toLowerCase(java.util.Locale.ROOT);

        ErrorType(int recommended) {
            this.recommended = recommended;
        }
    }

    /** A flag and what it means; the first that is set counts. */
    private record Meaning(ResponseFlag flag, ErrorType error) {}

    private static final Meaning[] MEANINGS = {
        new Meaning(ResponseFlag.FAILED_LOCAL_HEALTH_CHECK, ErrorType.DESTINATION_UNAVAILABLE),
        new Meaning(ResponseFlag.NO_HEALTHY_UPSTREAM, ErrorType.DESTINATION_UNAVAILABLE),
        new Meaning(ResponseFlag.UPSTREAM_REQUEST_TIMEOUT, ErrorType.HTTP_RESPONSE_TIMEOUT),
        new Meaning(ResponseFlag.LOCAL_RESET, ErrorType.CONNECTION_TIMEOUT),
        new Meaning(ResponseFlag.UPSTREAM_REMOTE_RESET, ErrorType.CONNECTION_TERMINATED),
        new Meaning(ResponseFlag.UPSTREAM_CONNECTION_FAILURE, ErrorType.CONNECTION_REFUSED),
        new Meaning(ResponseFlag.UPSTREAM_CONNECTION_TERMINATION, ErrorType.CONNECTION_TERMINATED),
        new Meaning(ResponseFlag.UPSTREAM_OVERFLOW, ErrorType.CONNECTION_LIMIT_REACHED),
        new Meaning(ResponseFlag.NO_ROUTE_FOUND, ErrorType.DESTINATION_NOT_FOUND),
        new Meaning(ResponseFlag.RATE_LIMITED, ErrorType.CONNECTION_LIMIT_REACHED),
        new Meaning(ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED, ErrorType.DESTINATION_UNAVAILABLE),
        new Meaning(ResponseFlag.STREAM_IDLE_TIMEOUT, ErrorType.HTTP_RESPONSE_TIMEOUT),
        new Meaning(ResponseFlag.INVALID_ENVOY_REQUEST_HEADERS, ErrorType.HTTP_REQUEST_ERROR),
        new Meaning(ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR, ErrorType.HTTP_REQUEST_ERROR),
        new Meaning(
                ResponseFlag.UPSTREAM_MAX_STREAM_DURATION_REACHED, ErrorType.HTTP_RESPONSE_TIMEOUT),
        new Meaning(ResponseFlag.UPSTREAM_PROTOCOL_ERROR, ErrorType.HTTP_PROTOCOL_ERROR),
        new Meaning(ResponseFlag.NO_CLUSTER_FOUND, ErrorType.DESTINATION_UNAVAILABLE),
    };

    private final ForwardingConfig.ProxyStatus config;
    private final String proxyName;

    /**
     * @param serverName as the {@code server} header has it
     */
    ProxyStatus(ForwardingConfig.ProxyStatus config, String serverName, String nodeId) {
        this.config = config;
        this.proxyName =
                WireText.of(
                        switch (config.name()) {
                            case ProxyName.Server() -> serverName;
                            case ProxyName.NodeId() -> nodeId;
                            case ProxyName.Literal(String text) -> text;
                        });
    }

    /** Adds the header, and changes the status if that is wanted, where something went wrong. */
    void apply(ResponseHead head, StreamInfo info) {
        ErrorType error = error(info);
        if (error == null) {
            return;
        }
        byte[] value = Ascii.bytes(text(error, info));
        HeaderBlock headers = head.headers();
        int entry = headers.find(NAME, 0);
        if (entry < 0) {
            headers.add(NAME, value);
        } else {
            headers.join(entry, COMMA_BLANK, value);
        }
        if (config.setRecommendedResponseCode() && error.recommended > 0) {
            head.setStatus(error.recommended);
        }
    }

    private static @Nullable ErrorType error(StreamInfo info) {
        if (!info.hasFlags()) {
            return null;
        }
        for (Meaning each : MEANINGS) {
            if (info.hasFlag(each.flag)) {
                return each.error;
            }
        }
        return null;
    }

    private String text(ErrorType error, StreamInfo info) {
        var out = new StringBuilder(proxyName).append("; error=").append(error.text);
        String details = info.details();
        if (!config.removeDetails() && details != null) {
            out.append("; details=\"").append(escaped(details));
            if (!config.removeResponseFlags()) {
                out.append("; ").append(info.flagsText());
            }
            out.append('"');
        }
        return out.toString();
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("'", "\\'");
    }
}
