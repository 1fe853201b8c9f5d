// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorsTest {
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
}
