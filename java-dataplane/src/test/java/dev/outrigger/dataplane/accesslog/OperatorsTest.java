// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorsTest {
    /**
     * All that a stock Envoy 1.40.0 takes, found by having it read a listener for each word in its
     * binary; but for {@code CEL} and {@code TYPED_CEL}, which are an interpreter of their own.
     */
    private static final String ENVOYS =
            """
            ACCESS_LOG_TYPE BYTES_RECEIVED BYTES_RETRANSMITTED BYTES_SENT
            CLUSTER_METADATA COALESCE COMMON_DURATION CONNECTION_ID
            CONNECTION_TERMINATION_DETAILS CUSTOM_FLAGS DOWNSTREAM_CX_RTT
            DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED
            DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT DOWNSTREAM_DETECTED_CLOSE_TYPE
            DOWNSTREAM_DIRECT_LOCAL_ADDRESS DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID
            DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT DOWNSTREAM_DIRECT_LOCAL_PORT
            DOWNSTREAM_DIRECT_REMOTE_ADDRESS
            DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT DOWNSTREAM_DIRECT_REMOTE_PORT
            DOWNSTREAM_HANDSHAKE_DURATION DOWNSTREAM_HEADER_BYTES_RECEIVED
            DOWNSTREAM_HEADER_BYTES_SENT DOWNSTREAM_LOCAL_ADDRESS
            DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT
            DOWNSTREAM_LOCAL_CLOSE_REASON DOWNSTREAM_LOCAL_DNS_SAN
            DOWNSTREAM_LOCAL_EMAIL_SAN DOWNSTREAM_LOCAL_IP_SAN
            DOWNSTREAM_LOCAL_OTHERNAME_SAN DOWNSTREAM_LOCAL_PORT
            DOWNSTREAM_LOCAL_SUBJECT DOWNSTREAM_LOCAL_URI_SAN DOWNSTREAM_PEER_CERT
            DOWNSTREAM_PEER_CERT_V_END DOWNSTREAM_PEER_CERT_V_START
            DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1 DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256
            DOWNSTREAM_PEER_CHAIN_SERIALS DOWNSTREAM_PEER_DNS_SAN
            DOWNSTREAM_PEER_EMAIL_SAN DOWNSTREAM_PEER_FINGERPRINT_1
            DOWNSTREAM_PEER_FINGERPRINT_256 DOWNSTREAM_PEER_IP_SAN
            DOWNSTREAM_PEER_ISSUER DOWNSTREAM_PEER_ISSUER_FINGERPRINT_256
            DOWNSTREAM_PEER_ISSUER_SERIAL DOWNSTREAM_PEER_OTHERNAME_SAN
            DOWNSTREAM_PEER_SERIAL DOWNSTREAM_PEER_SUBJECT DOWNSTREAM_PEER_URI_SAN
            DOWNSTREAM_REMOTE_ADDRESS DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT
            DOWNSTREAM_REMOTE_PORT DOWNSTREAM_TLS_CIPHER DOWNSTREAM_TLS_GROUP
            DOWNSTREAM_TLS_SESSION_ID DOWNSTREAM_TLS_VERSION
            DOWNSTREAM_TRANSPORT_FAILURE_REASON DOWNSTREAM_WIRE_BYTES_RECEIVED
            DOWNSTREAM_WIRE_BYTES_SENT DURATION DYNAMIC_METADATA EMIT_TIME
            EMIT_TIME_LOCAL ENVIRONMENT FILTER_CHAIN_NAME FILTER_STATE GRPC_STATUS
            GRPC_STATUS_NUMBER HOSTNAME LISTENER_NAME LOCAL_REPLY_BODY METADATA
            PACKETS_RETRANSMITTED PATH PROTOCOL QUERY_PARAM QUERY_PARAMS REQ
            REQUESTED_SERVER_NAME REQUEST_DURATION REQUEST_HEADER REQUEST_HEADERS_BYTES
            REQUEST_TX_DURATION RESP RESPONSE_CODE RESPONSE_CODE_DETAILS
            RESPONSE_DURATION RESPONSE_FLAGS RESPONSE_FLAGS_LONG RESPONSE_HEADER
            RESPONSE_HEADERS_BYTES RESPONSE_TRAILER RESPONSE_TRAILERS_BYTES
            RESPONSE_TX_DURATION ROUNDTRIP_DURATION ROUTE_NAME ROUTE_RESOLUTION_COUNT
            ROUTE_RESOLUTION_TIME_US SPAN_ID START_TIME START_TIME_LOCAL STREAM_ID
            STREAM_INFO_REQ TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT TRACE_ID TRAILER
            UNIQUE_ID UPSTREAM_CLUSTER UPSTREAM_CLUSTER_RAW UPSTREAM_CONNECTION_ID
            UPSTREAM_CONNECTION_IDS_ATTEMPTED UPSTREAM_CONNECTION_POOL_READY_DURATION
            UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED
            UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT UPSTREAM_DETECTED_CLOSE_TYPE
            UPSTREAM_FILTER_STATE UPSTREAM_HEADER_BYTES_RECEIVED
            UPSTREAM_HEADER_BYTES_SENT UPSTREAM_HOST UPSTREAM_HOSTS_ATTEMPTED
            UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT UPSTREAM_HOST_NAME
            UPSTREAM_HOST_NAMES_ATTEMPTED UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT
            UPSTREAM_HOST_NAME_WITHOUT_PORT UPSTREAM_LOCAL_ADDRESS
            UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT UPSTREAM_LOCAL_CLOSE_REASON
            UPSTREAM_LOCAL_DNS_SAN UPSTREAM_LOCAL_IP_SAN UPSTREAM_LOCAL_PORT
            UPSTREAM_LOCAL_URI_SAN UPSTREAM_METADATA UPSTREAM_PEER_CERT
            UPSTREAM_PEER_CERT_V_END UPSTREAM_PEER_CERT_V_START UPSTREAM_PEER_DNS_SAN
            UPSTREAM_PEER_IP_SAN UPSTREAM_PEER_ISSUER UPSTREAM_PEER_SUBJECT
            UPSTREAM_PEER_URI_SAN UPSTREAM_PROTOCOL UPSTREAM_REMOTE_ADDRESS
            UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT
            UPSTREAM_REMOTE_PORT UPSTREAM_REQUEST_ATTEMPT_COUNT UPSTREAM_SERVER_NAME
            UPSTREAM_TLS_CIPHER UPSTREAM_TLS_GROUP UPSTREAM_TLS_SESSION_ID
            UPSTREAM_TLS_VERSION UPSTREAM_TRANSPORT_FAILURE_REASON
            UPSTREAM_WIRE_BYTES_RECEIVED UPSTREAM_WIRE_BYTES_SENT VIRTUAL_CLUSTER_NAME
            XFCC_VALUE
            """;

    private final StreamInfo info = new StreamInfo();
    private final RequestHead head = new RequestHead();
    private final FormatContext context =
            new FormatContext() {
                @Override
                public RequestHead request() {
                    return head;
                }

                @Override
                public @Nullable ResponseHead response() {
                    return null;
                }

                @Override
                public StreamInfo info() {
                    return info;
                }
            };

    @BeforeEach
    void begin() {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        info.begin(ConnectionInfo.of(0, address, address), 0, 0);
    }

    private String render(String format) {
        return FormatString.parse(format, true).render(context);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/x| -| -| -",
                "/x?a=%20x&b=%2541| a=%20x&b=%2541| a=%20x&b=%41| ' x'",
                "/x?a=%21%3c%7b%00| a=%21%3c%7b%00| a=!%3c%7b%00| '!<{\0'",
                "/x?a=[%zz]&b=%4| a=[%zz]&b=%4| a=[zz]&b=%4| '[%zz]'",
                "/x?%61=1| %61=1| a=1| 1",
                "/x?a| a| a| ''",
            })
    void decodesQueriesInEnvoysTwoWays(String path, String all, String decoded, String one) {
        head.setPath(Ascii.bytes(path));

        assertThat(render("%QUERY_PARAMS%")).isEqualTo(all);
        assertThat(render("%QUERY_PARAMS(DECODED)%")).isEqualTo(decoded);
        assertThat(render("%QUERY_PARAM(a)%")).isEqualTo(one);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[\"ROUTE_NAME\"]| -",
                "[\"ROUTE_NAME\", \"RESPONSE_CODE\"]| 200",
                "[{\"command\": \"QUERY_PARAM\", \"param\": \"a\", \"max_length\": 2}]| ab",
                "[{\"command\": \"QUERY_PARAM\", \"param\": \"e\"}, \"RESPONSE_CODE\"]| ''",
                "[{\"command\": \"COALESCE\", \"param\": \"{'operators': ['RESPONSE_CODE']}\"}]| 200",
            })
    void takesTheFirstThatHasAValue(String operators, String expected) {
        head.setPath(Ascii.bytes("/x?a=abcd&e"));
        info.setResponseCode(200);

        assertThat(render("%COALESCE({\"operators\": " + operators + "})%")).isEqualTo(expected);
    }

    @Test
    void cutsWhatItTook() {
        head.setPath(Ascii.bytes("/x?a=abcd"));

        assertThat(render("%COALESCE({\"operators\": [{\"command\": \"PATH\"}]}):4%"))
                .isEqualTo("/x?a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}| COALESCE: JSON configuration must contain 'operators' array",
                "{\"operators\": 3}| COALESCE: 'operators' must be an array",
                "{\"operators\": []}| COALESCE: 'operators' array must not be empty",
                "{\"operators\": [\"X\"]}| COALESCE: failed to parse operator at index 0: unknown command: 'X'",
                "{\"operators\": [3]}| COALESCE: failed to parse operator at index 0: operator entry must be either a string (command name) or an object with 'command' field",
                "{\"operators\": [{\"command\": \"REQ\"}]}| COALESCE: failed to parse operator at index 0: REQ requires parameters",
                "{\"operators\": [{\"command\": \"PATH\", \"max_length\": 0}]}| COALESCE: failed to parse operator at index 0: 'max_length' must be a positive integer",
                "{\"operators\": [{\"command\": \"PATH\", \"max_length\": \"3\"}]}| COALESCE: failed to parse operator at index 0: 'max_length' field must be an integer",
            })
    void refusesWhatNamesNoOperators(String argument, String message) {
        assertThatThrownBy(() -> render("%COALESCE(" + argument + ")%"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void knowsNoUpstreamConnectionBeforeAnAttempt() {
        assertThat(render("%UPSTREAM_CONNECTION_ID% %UPSTREAM_CONNECTION_IDS_ATTEMPTED%"))
                .isEqualTo("0 -");
        assertThat(render("%UPSTREAM_DETECTED_CLOSE_TYPE%")).isEqualTo("-");

        info.beginAttempt();

        assertThat(render("%UPSTREAM_DETECTED_CLOSE_TYPE%")).isEqualTo("Normal");
    }

    @Test
    void knowsTheOperatorsOfEnvoy() {
        for (String name : ENVOYS.split("\\s+")) {
            assertThatCode(
                            () -> {
                                try {
                                    var _ = FormatString.parse('%' + name + '%', true);
                                } catch (IllegalArgumentException e) {
                                    if (String.valueOf(e.getMessage()).contains("Not supported")) {
                                        throw e;
                                    }
                                }
                            })
                    .as(name)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void refusesExpressions() {
        assertThatThrownBy(() -> render("%CEL(request.path)%"))
                .hasMessage("Not supported field in StreamInfo: CEL");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "By=a;URI=u;DNS=d| u| d",
                "uri=\"u,;\";dns=2| u,;| 2",
                "By=a,URI=u;DNS=\"d,\\\"x\",DNS=2| u| d,\"x",
                "Subject=\"a\\\\\";URI=| ''| -",
                "URI=a;DNS=\"b| -| -",
                "'uri = x ; URI=y'| x| -",
                "URI=\\| \\| -",
                "nothing| -| -",
            })
    void readsTheLeftmostElementWithTheKey(String header, String uri, String dns) {
        head.headers().add(Ascii.bytes("x-forwarded-client-cert"), Ascii.bytes(header));

        assertThat(render("%XFCC_VALUE(uri)%")).isEqualTo(uri);
        assertThat(render("%XFCC_VALUE(DNS):1%")).isEqualTo(dns);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "%XFCC_VALUE%| XFCC_VALUE command requires a subcommand",
                "%XFCC_VALUE(Mine)%| XFCC_VALUE command does not support subcommand: mine",
                "%STREAM_INFO_REQ%| STREAM_INFO_REQ requires parameters",
            })
    void refusesWhatNamesNothing(String format, String message) {
        assertThatThrownBy(() -> render(format))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:5", "a(b", "a\"", ":", "::", "a b", "a,b", "a=b", "\u00e9", "a?b("})
    void refusesWhatNamesNoHeader(String name) {
        assertThatThrownBy(() -> render("%REQ(" + name + ")%"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Invalid header configuration. Format string contains invalid characters.");
    }

    @Test
    void endsArgumentsWithTheParenthesisBeforeTheEnd() {
        assertThat(render("%DYNAMIC_METADATA(a):b])%")).isEqualTo("-");
        assertThat(render("%PROTOCOL%) %PROTOCOL%")).isEqualTo("HTTP/1.1) HTTP/1.1");
        assertThatThrownBy(() -> render("%DYNAMIC_METADATA(a\nb)%"))
                .hasMessageContaining("Couldn't find valid command at position 0");
    }

    @Test
    void tellsHowOftenARouteWasLookedForAndHowLong() {
        assertThat(render("%ROUTE_RESOLUTION_COUNT% %ROUTE_RESOLUTION_TIME_US%")).isEqualTo("0 -");

        info.routeResolved(1_500);
        info.routeResolved(1_700);

        assertThat(render("%ROUTE_RESOLUTION_COUNT% %ROUTE_RESOLUTION_TIME_US%")).isEqualTo("2 3");
    }

    @Test
    void tellsHowFarTheClientIsWhereTheSystemDoes() {
        assertThat(render("%DOWNSTREAM_CX_RTT%")).isEqualTo("-");

        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        info.begin(
                ConnectionInfo.of(
                        0,
                        address,
                        address,
                        new ConnectionInfo.Accepted(
                                address, address, false, "", "", "", "", List.of(), () -> 7)),
                0,
                0);

        assertThat(render("%DOWNSTREAM_CX_RTT%")).isEqualTo("7");
    }
}
