// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TypeRegistry;
import dev.outrigger.dataplane.document.ConfigDocument;
import dev.outrigger.dataplane.document.ConfigException;
import dev.outrigger.dataplane.document.DocumentReader;
import dev.outrigger.dataplane.parse.SupportedTables;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the bootstrap as Envoy does: {@code .pb} binary, {@code .pb_text} text format, {@code
 * .yaml} and {@code .yml} YAML, anything else JSON; {@code --config-yaml} is merged over it as a
 * protobuf merge (lists are joined). Only message types a parser knows can be inside an {@code
 * Any}, so that starting does not load the whole API.
 */
final class BootstrapLoader {
    private static final Logger log = LoggerFactory.getLogger(BootstrapLoader.class);

    private static final String TYPE = "envoy.config.bootstrap.v3.Bootstrap";

    private final boolean allowUnknownFields;

    /**
     * @param allowUnknownFields {@code --allow-unknown-static-fields}
     */
    BootstrapLoader(boolean allowUnknownFields) {
        this.allowUnknownFields = allowUnknownFields;
    }

    /** Of every type a parser knows, so built only for a document that needs it. */
    private static TypeRegistry registry() {
        return TypeRegistry.newBuilder().add(SupportedTables.extensionTypes()).build();
    }

    /**
     * Reads and merges.
     *
     * @param configPath may be empty when {@code configYaml} is not
     */
    Bootstrap load(String configPath, String configYaml) throws ConfigException {
        if (configPath.isEmpty() && configYaml.isEmpty()) {
            throw new ConfigException(
                    "At least one of --config-path or --config-yaml or Options::configProto()"
                            + " should be non-empty");
        }
        var bootstrap = Bootstrap.newBuilder();
        if (!configPath.isEmpty()) {
            bootstrap.mergeFrom(file(configPath));
        }
        if (!configYaml.isEmpty()) {
            bootstrap.mergeFrom(convert(ConfigDocument.yaml(configYaml)));
        }
        return bootstrap.build();
    }

    private Bootstrap file(String configPath) throws ConfigException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(Path.of(configPath));
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException("Invalid path: " + configPath, e);
        }
        String name = configPath.toLowerCase(Locale.ROOT);
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (name.endsWith(".pb")) {
            return binary(bytes, configPath);
        }
        if (name.endsWith(".pb_text")) {
            return text(text, configPath);
        }
        if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            return convert(ConfigDocument.yaml(text));
        }
        return convert(ConfigDocument.json(text));
    }

    private static Bootstrap binary(byte[] bytes, String path) throws ConfigException {
        try {
            return Bootstrap.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new ConfigException(
                    "Unable to parse file \""
                            + path
                            + "\" as a binary protobuf (type "
                            + TYPE
                            + ")",
                    e);
        }
    }

    private Bootstrap text(String text, String path) throws ConfigException {
        var bootstrap = Bootstrap.newBuilder();
        try {
            TextFormat.Parser.newBuilder()
                    .setAllowUnknownFields(allowUnknownFields)
                    .setTypeRegistry(registry())
                    .build()
                    .merge(text, bootstrap);
            return bootstrap.build();
        } catch (TextFormat.ParseException e) {
            throw new ConfigException(
                    "Unable to parse file \""
                            + path
                            + "\" as a text protobuf (type "
                            + TYPE
                            + "): "
                            + e.getMessage(),
                    e);
        }
    }

    private Bootstrap convert(Optional<ConfigDocument> parsed) throws ConfigException {
        if (parsed.isEmpty()) {
            throw new ConfigException("Unable to convert YAML as JSON: ");
        }
        byte[] bytes =
                new DocumentReader(SupportedTables::extensionType, SupportedTables::extensionTypes)
                        .read(parsed.get(), Bootstrap.getDescriptor(), this::acceptsUnknown);
        return binary(bytes, "configuration");
    }

    private boolean acceptsUnknown(String fields) {
        if (allowUnknownFields) {
            log.warn("unknown fields are ignored: {}", fields);
        }
        return allowUnknownFields;
    }
}
