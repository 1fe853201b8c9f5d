// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.als;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.message.DynamicMetadata;
import io.envoyproxy.envoy.config.core.v3.Metadata;

/** Dynamic metadata as a message. Pure. */
final class MetadataEntries {
    private MetadataEntries() {}

    static Metadata metadata(DynamicMetadata from) {
        var metadata = Metadata.newBuilder();
        from.forEach((namespace, fields) -> metadata.putFilterMetadata(namespace, struct(fields)));
        return metadata.build();
    }

    private static Struct struct(MetadataValue.Struct from) {
        var struct = Struct.newBuilder();
        from.fields().forEach((name, value) -> struct.putFields(name, value(value)));
        return struct.build();
    }

    private static Value value(MetadataValue from) {
        return switch (from) {
            case MetadataValue.Null() ->
                    Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
            case MetadataValue.Bool(boolean flag) -> Value.newBuilder().setBoolValue(flag).build();
            case MetadataValue.Numeric(double number) ->
                    Value.newBuilder().setNumberValue(number).build();
            case MetadataValue.Text(String text) -> Value.newBuilder().setStringValue(text).build();
            case MetadataValue.ListOf(var values) -> {
                var list = ListValue.newBuilder();
                values.forEach(each -> list.addValues(value(each)));
                yield Value.newBuilder().setListValue(list).build();
            }
            case MetadataValue.Struct nested ->
                    Value.newBuilder().setStructValue(struct(nested)).build();
        };
    }
}
