// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Any;
import dev.outrigger.dataplane.config.ExtensionConfig;
import dev.outrigger.dataplane.config.HttpFilterConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import io.envoyproxy.envoy.config.core.v3.ExtensionConfigSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import java.util.Optional;

/** Configurations of HTTP filters that come over ECDS, and what refers to them. */
public final class ExtensionConfigParser {
    private ExtensionConfigParser() {}

    /** Read when asked for, so that the filters' own tables exist by then. */
    private static final class Tables {
        static final SupportedFields SOURCE =
                SupportedFields.of(ExtensionConfigSource.class)
                        .nested("config_source", () -> ConfigSourceParser.SOURCE)
                        .extension("default_config", HttpFilterTypes.tables())
                        .obeyed("apply_default_config_without_warming", "type_urls");

        static final SupportedFields EXTENSION =
                SupportedFields.of(TypedExtensionConfig.class, "ECDS")
                        .obeyed("name")
                        .extension("typed_config", HttpFilterTypes.tables());

        private Tables() {}
    }

    static SupportedFields source() {
        return Tables.SOURCE;
    }

    static SupportedFields extension() {
        return Tables.EXTENSION;
    }

    /** A resource. */
    public static Parsed<ExtensionConfig> parse(TypedExtensionConfig proto, ParseContext context) {
        var findings = new Findings(context);
        findings.checkResource(proto, Tables.EXTENSION);
        if (!findings.isEmpty()) {
            return findings.rejected();
        }
        Any any = proto.getTypedConfig();
        var config =
                HttpFilterTypes.find(any)
                        .flatMap(type -> type.reader().read(any, "typed_config", findings));
        return findings.result(() -> new ExtensionConfig(any.getTypeUrl(), config.orElseThrow()));
    }

    /** {@code config_discovery} of a filter. */
    static Optional<HttpFilterConfig> discovered(
            String name, ExtensionConfigSource proto, String path, Findings findings) {
        for (String url : proto.getTypeUrlsList()) {
            if (HttpFilterTypes.find(Any.newBuilder().setTypeUrl(url).build()).isEmpty()) {
                findings.invalid(
                        FieldPaths.join(path, "type_urls"),
                        url,
                        "Error: no factory found for a required type URL " + url + ".");
            }
        }
        if (proto.getApplyDefaultConfigWithoutWarming() && !proto.hasDefaultConfig()) {
            findings.invalid(
                    path,
                    name,
                    "Error: filter config "
                            + name
                            + " applied without warming but has no default config.");
        }
        Optional<HttpFilterConfig> fallback =
                proto.hasDefaultConfig() ? fallback(name, proto, path, findings) : Optional.empty();
        return ConfigSourceParser.source(
                        proto.getConfigSource(), FieldPaths.join(path, "config_source"), findings)
                .map(source ->
                        new HttpFilterConfig.Discovered(
                                new ResourceReference(name, source),
                                proto.getTypeUrlsList(),
                                fallback,
                                proto.getApplyDefaultConfigWithoutWarming()));
    }

    private static Optional<HttpFilterConfig> fallback(
            String name, ExtensionConfigSource proto, String path, Findings findings) {
        Any any = proto.getDefaultConfig();
        if (!proto.getTypeUrlsList().contains(any.getTypeUrl())) {
            findings.invalid(
                    FieldPaths.join(path, "default_config"),
                    any.getTypeUrl(),
                    "Error: cannot find filter factory "
                            + name
                            + " for default filter configuration with type URL "
                            + any.getTypeUrl()
                            + ".");
        }
        return HttpFilterTypes.find(any)
                .flatMap(type ->
                        type.reader().read(any, FieldPaths.join(path, "default_config"), findings));
    }
}
