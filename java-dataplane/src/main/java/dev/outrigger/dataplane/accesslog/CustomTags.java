// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.dataplane.accesslog.Operator.MetadataSource;
import dev.outrigger.dataplane.accesslog.Operator.TextSource;
import dev.outrigger.dataplane.config.CustomTagConfig;
import dev.outrigger.dataplane.config.CustomTagConfig.Source;
import dev.outrigger.dataplane.message.EnvironmentVariables;
import dev.outrigger.dataplane.message.WireText;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What logs tell besides, by names of the configuration. Immutable. */
public final class CustomTags {
    private final List<Tag> tags;

    private record Tag(String name, TextSource source) {}

    private CustomTags(List<Tag> tags) {
        this.tags = List.copyOf(tags);
    }

    public static CustomTags of(List<CustomTagConfig> configs) {
        return new CustomTags(
                configs.stream().map(each -> new Tag(each.tag(), source(each.source()))).toList());
    }

    /** Goes through those that have a value here; of two of one name the last counts. */
    public void forEach(FormatContext context, BiConsumer<String, String> action) {
        for (Tag each : tags) {
            String value = each.source().read(context);
            if (value != null && !value.isEmpty()) {
                action.accept(each.name(), value);
            }
        }
    }

    private static TextSource source(Source config) {
        return switch (config) {
            case Source.Literal(String value) -> _ -> value;
            case Source.Environment(String variable, String otherwise) -> {
                String value = EnvironmentVariables.read(variable);
                String known = value == null ? otherwise : WireText.configured(value);
                yield _ -> known;
            }
            case Source.RequestHeader(String name, String otherwise) ->
                    orElse(utf8(HeadOperators.request(name)), otherwise);
            case Source.OfMetadata(var kind, String key, var path, String otherwise) -> {
                String argument = path.isEmpty() ? key : key + ":" + String.join(":", path);
                MetadataSource source = MetadataText.of(kind(kind), argument);
                boolean ofHost =
                        kind == CustomTagConfig.Kind.CLUSTER || kind == CustomTagConfig.Kind.HOST;
                // Envoy finds a cluster by the host that was chosen.
                yield orElse(
                        context ->
                                ofHost && context.info().upstreamHost() == null
                                        ? null
                                        : text(source, context),
                        otherwise);
            }
        };
    }

    /** Of a text whose characters are bytes. */
    private static TextSource utf8(TextSource header) {
        return context -> {
            String value = header.read(context);
            return value == null ? null : new String(value.getBytes(ISO_8859_1), UTF_8);
        };
    }

    private static @Nullable String text(MetadataSource source, FormatContext context) {
        return MetadataText.text(source.read(context));
    }

    private static TextSource orElse(TextSource source, String otherwise) {
        return context -> {
            String value = source.read(context);
            return value == null ? otherwise : value;
        };
    }

    private static MetadataKind kind(CustomTagConfig.Kind kind) {
        return switch (kind) {
            case REQUEST -> MetadataKind.DYNAMIC;
            case ROUTE -> MetadataKind.ROUTE;
            case CLUSTER -> MetadataKind.CLUSTER;
            case HOST -> MetadataKind.UPSTREAM_HOST;
        };
    }
}
