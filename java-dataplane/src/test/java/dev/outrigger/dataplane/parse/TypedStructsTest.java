// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TypedStructsTest {
    private static final String FAULT =
            "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault";

    @ParameterizedTest
    @ValueSource(strings = {"xds.type.v3.TypedStruct", "udpa.type.v1.TypedStruct"})
    void becomeTheMessageTheyName(String type) {
        Listener given =
                listener(
                        struct(
                                type,
                                FAULT,
                                "{abort: {http_status: 503, percentage: {numerator: 7}}}"));

        Listener resolved = resolve(given, Outcomes.XDS, List.of());

        assertThat(resolved)
                .isEqualTo(
                        listener(
                                "{'@type': "
                                        + FAULT
                                        + ", abort: {http_status: 503, percentage: {numerator: 7}}}"));
    }

    @Test
    void areResolvedInsideOfWhatOthersSay() {
        String router = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router";
        String codec =
                "type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec";
        Listener given =
                listener(
                        struct(
                                "xds.type.v3.TypedStruct",
                                router,
                                "{upstream_http_filters: [{name: c, typed_config: "
                                        + struct("xds.type.v3.TypedStruct", codec, "{}")
                                        + "}]}"));

        Listener resolved = resolve(given, Outcomes.XDS, List.of());

        assertThat(resolved)
                .isEqualTo(
                        listener(
                                "{'@type': "
                                        + router
                                        + ", upstream_http_filters: [{name: c, typed_config: {'@type': "
                                        + codec
                                        + "}}]}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{max_active_faults: 1}|",
                "{max_active_faults: '0x10'}|",
                "{max_active_faults: 1.5}|uint32: invalid number: '1.5'",
                "{max_active_faults: 4294967295}|",
                "{max_active_faults: 4294967296}|uint32: number out of range: '4294967296'",
                "{delay: {fixed_delay: 1}}|message google.protobuf.Duration: unexpected '1'",
                "{abort: {percentage: {denominator: 1}}}|",
                "{abort: {percentage: {denominator: NONE}}}|unknown enum value: 'NONE'",
                "{abort: null}|",
                "{abort: [1]}|HTTPFault",
                "{nope: 1}|",
            })
    void takeTheValuesThatJsonMayHave(String value, String refusal) {
        var found = new ArrayList<Rejection>();

        resolve(listener(struct("xds.type.v3.TypedStruct", FAULT, value)), Outcomes.XDS, found);

        if (refusal == null) {
            assertThat(found).isEmpty();
        } else {
            assertThat(found).hasSize(1);
            assertThat(found.getFirst().reason())
                    .startsWith("Unable to parse JSON as proto (INVALID_ARGUMENT: invalid JSON in")
                    .contains(refusal);
            assertThat(found.getFirst().path())
                    .isEqualTo(
                            "filter_chains[0].filters[0].typed_config.http_filters[0].typed_config");
        }
    }

    @Test
    void areRefusedForFieldsNobodyKnowsWhereThoseAre() {
        var found = new ArrayList<Rejection>();
        ParseContext strict =
                ParseContext.dynamic(ParseContext.Ads.DELTA, _ -> true, UnknownFields.REJECTED);

        resolve(listener(struct("xds.type.v3.TypedStruct", FAULT, "{nope: 1}")), strict, found);

        assertThat(found).hasSize(1);
        assertThat(found.getFirst().reason())
                .startsWith("Protobuf message (type " + FAULT.substring(20) + " reason")
                .contains("no such field: 'nope'")
                .endsWith("has unknown fields");
    }

    private static Listener resolve(Listener given, ParseContext context, List<Rejection> found) {
        var findings = new Findings(context);
        Listener resolved = TypedStructs.resolve(given, ListenerParser.LISTENER, findings);
        if (!findings.isEmpty()) {
            found.addAll(Outcomes.rejected(findings.rejected()).rejections());
        }
        return resolved;
    }

    private static Listener listener(String filter) {
        return Protos.listener(
                """
                name: l
                filter_chains:
                - filters:
                  - name: hcm
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      http_filters:
                      - {name: f, typed_config: %s}
                """
                        .formatted(filter));
    }

    private static String struct(String type, String url, String value) {
        return "{'@type': type.googleapis.com/%s, type_url: %s, value: %s}"
                .formatted(type, url, value);
    }
}
