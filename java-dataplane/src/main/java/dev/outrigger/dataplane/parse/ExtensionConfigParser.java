// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Any;
import dev.outrigger.dataplane.config.ExtensionConfig;
import dev.outrigger.dataplane.config.HttpFilterConfig;
import dev.outrigger.dataplane.config.ListenerFiltersConfig.ListenerFilterConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import io.envoyproxy.envoy.config.core.v3.ExtensionConfigSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Configurations of filters that come over ECDS, and what refers to them. */
public final class ExtensionConfigParser {
    private ExtensionConfigParser() {}

    /** Read when asked for, so that the filters' own tables exist by then. */
    private static final class Tables {
        static final SupportedFields SOURCE = source("", HttpFilterTypes.tables());
        static final SupportedFields LISTENER_SOURCE =
                source("listener filter", ListenerFilterParser.TABLES);

        static final SupportedFields EXTENSION =
                SupportedFields.of(TypedExtensionConfig.class, "ECDS")
                        .obeyed("name")
                        .extension(
                                "typed_config",
                                Stream.concat(
                                                HttpFilterTypes.tables().stream(),
                                                ListenerFilterParser.TABLES.stream())
                                        .toList());

        private Tables() {}

        private static SupportedFields source(
                String place, List<Supplier<SupportedFields>> filters) {
            return SupportedFields.of(ExtensionConfigSource.class, place)
                    .nested("config_source", () -> ConfigSourceParser.SOURCE)
                    .extension("default_config", filters)
                    .obeyed("apply_default_config_without_warming", "type_urls");
        }
    }

    /**
     * Filters of one kind.
     *
     * @param word before "filter" and "factory" in Envoy's texts
     * @param role of the references to them
     */
    private record FilterKind<C>(
            String word, String role, Predicate<Any> knows, HttpFilterType.Reader<C> reader) {}

    private static final FilterKind<HttpFilterConfig> HTTP =
            new FilterKind<>(
                    "",
                    ExtensionConfig.HTTP_FILTER,
                    any -> HttpFilterTypes.find(any).isPresent(),
                    (any, path, findings) ->
                            HttpFilterTypes.find(any)
                                    .flatMap(type -> type.reader().read(any, path, findings)));

    private static final FilterKind<ListenerFilterConfig> LISTENER =
            new FilterKind<>(
                    "listener ",
                    ExtensionConfig.LISTENER_FILTER,
                    ListenerFilterParser::knows,
                    ListenerFilterParser::one);

    /**
     * What {@code config_discovery} says.
     *
     * @param fallback used until the resource has come
     */
    private record Source<C>(
            ResourceReference resource,
            List<String> typeUrls,
            Optional<C> fallback,
            boolean withoutWarming) {}

    static SupportedFields source() {
        return Tables.SOURCE;
    }

    static SupportedFields listenerSource() {
        return Tables.LISTENER_SOURCE;
    }

    static SupportedFields extension() {
        return Tables.EXTENSION;
    }

    /** A resource. */
    public static Parsed<ExtensionConfig> parse(TypedExtensionConfig given, ParseContext context) {
        var findings = new Findings(context);
        var proto = TypedStructs.resolve(given, Tables.EXTENSION, findings);
        findings.checkResource(proto, Tables.EXTENSION);
        if (!findings.isEmpty()) {
            return findings.rejected();
        }
        Any any = proto.getTypedConfig();
        Optional<ExtensionConfig.Filter> filter =
                LISTENER.knows().test(any)
                        ? LISTENER.reader()
                                .read(any, "typed_config", findings)
                                .map(ExtensionConfig.Filter.Listener::new)
                        : HTTP.reader()
                                .read(any, "typed_config", findings)
                                .map(ExtensionConfig.Filter.Http::new);
        return findings.result(() -> new ExtensionConfig(any.getTypeUrl(), filter.orElseThrow()));
    }

    /** {@code config_discovery} of an HTTP filter. */
    static Optional<HttpFilterConfig> discovered(
            String name, ExtensionConfigSource proto, String path, Findings findings) {
        return read(HTTP, name, proto, path, findings)
                .map(source ->
                        new HttpFilterConfig.Discovered(
                                source.resource(),
                                source.typeUrls(),
                                source.fallback(),
                                source.withoutWarming()));
    }

    /** {@code config_discovery} of a listener filter. */
    static Optional<ListenerFilterConfig> discoveredListenerFilter(
            String name, ExtensionConfigSource proto, String path, Findings findings) {
        return read(LISTENER, name, proto, path, findings)
                .map(source ->
                        new ListenerFilterConfig.Discovered(
                                source.resource(),
                                source.typeUrls(),
                                source.fallback(),
                                source.withoutWarming()));
    }

    private static <C> Optional<Source<C>> read(
            FilterKind<C> kind,
            String name,
            ExtensionConfigSource proto,
            String path,
            Findings findings) {
        if (proto.getApplyDefaultConfigWithoutWarming() && !proto.hasDefaultConfig()) {
            findings.invalid(
                    path,
                    name,
                    "Error: "
                            + kind.word()
                            + "filter config "
                            + name
                            + " applied without warming but has no default config.");
        }
        for (String url : proto.getTypeUrlsList()) {
            if (!kind.knows().test(Any.newBuilder().setTypeUrl(url).build())) {
                findings.invalid(
                        FieldPaths.join(path, "type_urls"),
                        url,
                        "Error: no "
                                + kind.word()
                                + "factory found for a required type URL "
                                + typeName(url)
                                + ".");
            }
        }
        Optional<C> fallback =
                proto.hasDefaultConfig()
                        ? fallback(kind, name, proto, path, findings)
                        : Optional.empty();
        return ConfigSourceParser.source(
                        proto.getConfigSource(),
                        Asker.EXTENSION,
                        FieldPaths.join(path, "config_source"),
                        findings)
                .map(source ->
                        new Source<>(
                                new ResourceReference(name, source, kind.role()),
                                proto.getTypeUrlsList(),
                                fallback,
                                proto.getApplyDefaultConfigWithoutWarming()));
    }

    private static <C> Optional<C> fallback(
            FilterKind<C> kind,
            String name,
            ExtensionConfigSource proto,
            String path,
            Findings findings) {
        Any any = proto.getDefaultConfig();
        String at = FieldPaths.join(path, "default_config");
        if (!kind.knows().test(any)) {
            findings.invalid(
                    at,
                    any.getTypeUrl(),
                    "Error: cannot find filter factory "
                            + name
                            + " for default filter configuration with type URL "
                            + any.getTypeUrl()
                            + ".");
        } else if (!proto.getTypeUrlsList().contains(any.getTypeUrl())) {
            findings.invalid(
                    at, any.getTypeUrl(), mistyped(any.getTypeUrl(), proto.getTypeUrlsList()));
        }
        return kind.reader().read(any, at, findings);
    }

    /** Envoy's words for a configuration of a type that was not announced. */
    public static String mistyped(String typeUrl, List<String> expected) {
        return "Error: filter config has type URL "
                + typeName(typeUrl)
                + " but expect "
                + expected.stream()
                        .map(ExtensionConfigParser::typeName)
                        .sorted()
                        .collect(Collectors.joining(", "))
                + ".";
    }

    private static String typeName(String typeUrl) {
        return typeUrl.substring(typeUrl.lastIndexOf('/') + 1);
    }
}
