// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.CustomTagConfig;
import dev.outrigger.dataplane.config.CustomTagConfig.Kind;
import dev.outrigger.dataplane.config.CustomTagConfig.Source;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKind;
import io.envoyproxy.envoy.type.tracing.v3.CustomTag;
import java.util.ArrayList;
import java.util.List;

/** Tags of access log services. */
final class CustomTagParser {
    private static final SupportedFields LITERAL =
            SupportedFields.of(CustomTag.Literal.class).obeyed("value");

    private static final SupportedFields ENVIRONMENT =
            SupportedFields.of(CustomTag.Environment.class).obeyed("name", "default_value");

    private static final SupportedFields HEADER =
            SupportedFields.of(CustomTag.Header.class).obeyed("name", "default_value");

    private static final SupportedFields KIND =
            SupportedFields.of(MetadataKind.class)
                    .nested("request", () -> SupportedFields.of(MetadataKind.Request.class))
                    .nested("route", () -> SupportedFields.of(MetadataKind.Route.class))
                    .nested("cluster", () -> SupportedFields.of(MetadataKind.Cluster.class))
                    .nested("host", () -> SupportedFields.of(MetadataKind.Host.class));

    private static final SupportedFields METADATA =
            SupportedFields.of(CustomTag.Metadata.class)
                    .nested("kind", () -> KIND)
                    .nested("metadata_key", () -> RateLimitParser.KEY)
                    .obeyed("default_value");

    static final SupportedFields TAG =
            SupportedFields.of(CustomTag.class)
                    .obeyed("tag")
                    .nested("literal", () -> LITERAL)
                    .nested("environment", () -> ENVIRONMENT)
                    .nested("request_header", () -> HEADER)
                    .nested("metadata", () -> METADATA);

    private CustomTagParser() {}

    static List<CustomTagConfig> parse(List<CustomTag> protos) {
        var tags = new ArrayList<CustomTagConfig>();
        for (CustomTag each : protos) {
            switch (each.getTypeCase()) {
                case LITERAL -> add(each, new Source.Literal(each.getLiteral().getValue()), tags);
                case ENVIRONMENT ->
                        add(
                                each,
                                new Source.Environment(
                                        each.getEnvironment().getName(),
                                        each.getEnvironment().getDefaultValue()),
                                tags);
                case REQUEST_HEADER ->
                        add(
                                each,
                                new Source.RequestHeader(
                                        Ascii.lower(each.getRequestHeader().getName()),
                                        each.getRequestHeader().getDefaultValue()),
                                tags);
                case METADATA -> add(each, metadata(each.getMetadata()), tags);
                // Reported before by the oneof's own constraint.
                case TYPE_NOT_SET -> {}
            }
        }
        return tags;
    }

    private static void add(CustomTag proto, Source source, List<CustomTagConfig> tags) {
        tags.add(new CustomTagConfig(proto.getTag(), source));
    }

    private static Source metadata(CustomTag.Metadata proto) {
        return new Source.OfMetadata(
                switch (proto.getKind().getKindCase()) {
                    case REQUEST, KIND_NOT_SET -> Kind.REQUEST;
                    case ROUTE -> Kind.ROUTE;
                    case CLUSTER -> Kind.CLUSTER;
                    case HOST -> Kind.HOST;
                },
                proto.getMetadataKey().getKey(),
                proto.getMetadataKey().getPathList().stream().map(each -> each.getKey()).toList(),
                proto.getDefaultValue());
    }
}
