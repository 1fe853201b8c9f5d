// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.config.MetadataValue;
import java.util.LinkedHashMap;

/**
 * {@code envoy.config.core.v3.Metadata} to {@link Metadata}. Depth is bounded by protobuf's own
 * limit on nested messages.
 */
final class MetadataParser {
    static final SupportedFields METADATA =
            SupportedFields.of(io.envoyproxy.envoy.config.core.v3.Metadata.class)
                    .obeyed("filter_metadata")
                    .noEffect(
                            "typed_filter_metadata",
                            "read only by extensions that are not supported");

    private MetadataParser() {}

    static Metadata parse(io.envoyproxy.envoy.config.core.v3.Metadata proto) {
        if (proto.getFilterMetadataCount() == 0) {
            return Metadata.EMPTY;
        }
        var filters = new LinkedHashMap<String, MetadataValue.Struct>();
        proto.getFilterMetadataMap().forEach((name, struct) -> filters.put(name, struct(struct)));
        return new Metadata(filters);
    }

    static MetadataValue.Struct struct(Struct proto) {
        var fields = new LinkedHashMap<String, MetadataValue>();
        proto.getFieldsMap().forEach((name, value) -> fields.put(name, value(value)));
        return new MetadataValue.Struct(fields);
    }

    static MetadataValue value(Value proto) {
        return switch (proto.getKindCase()) {
            case BOOL_VALUE -> new MetadataValue.Bool(proto.getBoolValue());
            case NUMBER_VALUE -> new MetadataValue.Numeric(proto.getNumberValue());
            case STRING_VALUE -> new MetadataValue.Text(proto.getStringValue());
            case LIST_VALUE ->
                    new MetadataValue.ListOf(
                            proto.getListValue().getValuesList().stream()
                                    .map(MetadataParser::value)
                                    .toList());
            case STRUCT_VALUE -> struct(proto.getStructValue());
            case NULL_VALUE, KIND_NOT_SET -> new MetadataValue.Null();
        };
    }
}
