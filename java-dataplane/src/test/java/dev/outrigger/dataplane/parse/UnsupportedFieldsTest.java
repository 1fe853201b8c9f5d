// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.outrigger.dataplane.parse.FieldSupport.Content;
import dev.outrigger.dataplane.parse.Rejection.Kind;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UnsupportedFieldsTest {
    /** Every field of every message some parser reads. */
    static Stream<FieldOfTable> everyField() {
        var fields = new ArrayList<FieldOfTable>();
        for (SupportedFields table : SupportedTables.all()) {
            table.message().getFields().forEach(f -> fields.add(new FieldOfTable(table, f)));
        }
        return fields.stream();
    }

    record FieldOfTable(SupportedFields table, FieldDescriptor field) {
        @Override
        public String toString() {
            return table.message().getFullName() + "." + field.getName();
        }
    }

    @ParameterizedTest
    @MethodSource("everyField")
    void refusesExactlyTheFieldsThatNoTableLists(FieldOfTable each) {
        FieldDescriptor field = each.field();
        Message message = setTo(each.table(), field);

        var found = UnsupportedFields.find(message, each.table(), UnknownFields.IGNORED);

        var support = each.table().find(field);
        if (support.isEmpty()) {
            assertThat(found).hasSize(1);
            assertThat(found.getFirst().path()).isEqualTo(field.getName());
            assertThat(found.getFirst().kind()).isEqualTo(Kind.UNSUPPORTED);
        } else if (support.get().content() instanceof Content.Whole) {
            assertThat(found).isEmpty();
        }
    }

    private static Message setTo(SupportedFields table, FieldDescriptor field) {
        var builder = DynamicMessage.newBuilder(table.message());
        Object value =
                switch (field.getJavaType()) {
                    case INT -> 7;
                    case LONG -> 7L;
                    case FLOAT -> 7f;
                    case DOUBLE -> 7d;
                    case BOOLEAN -> true;
                    case STRING -> "x";
                    case BYTE_STRING -> ByteString.copyFromUtf8("x");
                    case ENUM -> field.getEnumType().getValues().getLast();
                    case MESSAGE -> DynamicMessage.getDefaultInstance(field.getMessageType());
                };
        if (field.isRepeated()) {
            builder.addRepeatedField(field, value);
        } else {
            builder.setField(field, value);
        }
        return builder.build();
    }

    @Test
    void givesThePathThroughListsMapsAndAnys() {
        var listener =
                Protos.withManager(
                        """
                        route_config:
                          virtual_hosts:
                          - name: v
                            domains: ["*"]
                            routes:
                            - match: {prefix: /}
                              route: {cluster: b, rate_limits: [{apply_on_stream_done: true}]}
                        """);

        var found =
                UnsupportedFields.find(listener, ListenerParser.LISTENER, UnknownFields.IGNORED);

        assertThat(found)
                .extracting(Rejection::path)
                .containsExactly(
                        "filter_chains[0].filters[0].typed_config.route_config.virtual_hosts[0]"
                                + ".routes[0].route.rate_limits[0].apply_on_stream_done");
    }

    @Test
    void namesAnUnknownExtensionInEnvoysWords() {
        var filter = filter(false);

        var found =
                UnsupportedFields.find(filter, HttpFilterParser.filter(), UnknownFields.IGNORED);

        assertThat(found)
                .containsExactly(
                        new Rejection(
                                Kind.UNKNOWN,
                                "typed_config",
                                "acme.v1.Magic",
                                "Didn't find a registered implementation for 'acme' with type URL:"
                                        + " 'acme.v1.Magic'"));
    }

    @Test
    void leavesOutAnUnknownExtensionThatIsOptional() {
        assertThat(
                        UnsupportedFields.find(
                                filter(true), HttpFilterParser.filter(), UnknownFields.IGNORED))
                .isEmpty();
    }

    private static HttpFilter filter(boolean optional) {
        return HttpFilter.newBuilder()
                .setName("acme")
                .setIsOptional(optional)
                .setTypedConfig(Any.newBuilder().setTypeUrl("type.googleapis.com/acme.v1.Magic"))
                .build();
    }

    @Test
    void refusesFieldsWithoutADescriptorOnlyWhenAskedTo() {
        var cluster =
                Cluster.newBuilder()
                        .setName("a")
                        .setUnknownFields(
                                UnknownFieldSet.newBuilder()
                                        .addField(
                                                4711,
                                                UnknownFieldSet.Field.newBuilder()
                                                        .addVarint(1)
                                                        .build())
                                        .build())
                        .build();

        assertThat(UnsupportedFields.find(cluster, ClusterFields.CLUSTER, UnknownFields.IGNORED))
                .isEmpty();
        assertThat(UnsupportedFields.find(cluster, ClusterFields.CLUSTER, UnknownFields.REJECTED))
                .extracting(Rejection::reason)
                .containsExactly("unknown field 4711 of envoy.config.cluster.v3.Cluster");
    }

    @Test
    void shortensLongValues() {
        var cluster =
                Protos.cluster("{name: a, upstream_config: {name: %s}}".formatted("x".repeat(500)));

        var found = UnsupportedFields.find(cluster, ClusterFields.CLUSTER, UnknownFields.IGNORED);

        assertThat(found).hasSize(1);
        assertThat(List.of(found.getFirst().value().length())).allMatch(l -> l < 100);
    }
}
