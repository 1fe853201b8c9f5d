// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.filter.setmetadata.SetMetadataConfig;
import dev.outrigger.dataplane.filter.setmetadata.SetMetadataConfig.Entry;
import io.envoyproxy.envoy.extensions.filters.http.set_metadata.v3.Config;
import io.envoyproxy.envoy.extensions.filters.http.set_metadata.v3.Metadata;
import java.util.ArrayList;
import java.util.Optional;

/** {@code envoy.filters.http.set_metadata}. */
@SuppressWarnings("deprecation") // the flat fields are still obeyed
final class SetMetadataFilterParser {
    private static final SupportedFields METADATA =
            SupportedFields.of(Metadata.class)
                    .obeyed("metadata_namespace", "allow_overwrite", "value")
                    .obeyedWithNote(
                            "typed_value", "counts as there; nothing here reads typed metadata");

    static final HttpFilterType TYPE =
            HttpFilterType.of(
                    "envoy.filters.http.set_metadata",
                    Config.class,
                    SupportedFields.of(Config.class)
                            .obeyed("metadata_namespace", "value")
                            .nested("metadata", () -> METADATA),
                    (proto, _, _) -> parse(proto));

    private SetMetadataFilterParser() {}

    private static SetMetadataConfig parse(Config proto) {
        var structs = new ArrayList<Entry>();
        var messages = new ArrayList<Entry>();
        if (proto.hasValue() && !proto.getMetadataNamespace().isEmpty()) {
            structs.add(
                    new Entry(
                            proto.getMetadataNamespace(),
                            true,
                            Optional.of(MetadataParser.struct(proto.getValue()))));
        }
        for (Metadata each : proto.getMetadataList()) {
            if (each.hasValue()) {
                structs.add(
                        new Entry(
                                each.getMetadataNamespace(),
                                each.getAllowOverwrite(),
                                Optional.of(MetadataParser.struct(each.getValue()))));
            } else if (each.hasTypedValue()) {
                messages.add(
                        new Entry(
                                each.getMetadataNamespace(),
                                each.getAllowOverwrite(),
                                Optional.empty()));
            }
        }
        structs.addAll(messages);
        return new SetMetadataConfig(structs);
    }
}
