// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.NetworkFilterConfig;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.EnvironmentVariables;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.filters.network.direct_response.v3.Config;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** {@code envoy.filters.network.direct_response}. */
final class DirectResponseFilterParser {
    private static final SupportedFields RESPONSE =
            SupportedFields.of(DataSource.class, "network direct response")
                    .obeyed("inline_string", "inline_bytes", "environment_variable")
                    .obeyedWithNote("filename", "read when the configuration arrives");

    static final SupportedFields CONFIG =
            SupportedFields.of(Config.class).nested("response", () -> RESPONSE);

    /** A response is kept in memory. */
    private static final long MAX_FILE_BYTES = 16L << 20;

    private DirectResponseFilterParser() {}

    static NetworkFilterConfig parse(Config proto, String path, Findings findings) {
        byte[] bytes = read(proto.getResponse(), FieldPaths.join(path, "response"), findings);
        return new NetworkFilterConfig.DirectResponse(
                new String(bytes, StandardCharsets.ISO_8859_1));
    }

    private static byte[] read(DataSource source, String path, Findings findings) {
        return switch (source.getSpecifierCase()) {
            case INLINE_BYTES -> source.getInlineBytes().toByteArray();
            case INLINE_STRING -> source.getInlineString().getBytes(StandardCharsets.UTF_8);
            case ENVIRONMENT_VARIABLE -> {
                String name = source.getEnvironmentVariable();
                String value = EnvironmentVariables.read(name);
                if (value == null) {
                    findings.invalid(
                            FieldPaths.join(path, "environment_variable"),
                            name,
                            "Environment variable doesn't exist: " + name);
                    yield new byte[0];
                }
                yield Ascii.bytes(value);
            }
            case FILENAME ->
                    file(source.getFilename(), FieldPaths.join(path, "filename"), findings);
            case SPECIFIER_NOT_SET -> new byte[0];
        };
    }

    private static byte[] file(String name, String path, Findings findings) {
        try {
            Path file = Path.of(name);
            if (Files.isDirectory(file)) {
                return new byte[0];
            }
            if (Files.exists(file) && Files.size(file) > MAX_FILE_BYTES) {
                findings.unsupported(path, name, "larger than " + MAX_FILE_BYTES + " bytes");
                return new byte[0];
            }
            return Files.readAllBytes(file);
        } catch (IOException | InvalidPathException e) {
            findings.invalid(path, name, "Invalid path: " + name);
            return new byte[0];
        }
    }
}
