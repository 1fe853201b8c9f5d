// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Control planes by names of one's own, in a file below the user's configuration. It holds names of
 * files with secrets, never secrets. Immutable; every change writes the file as a whole.
 */
public final class Contexts {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path file;
    private final String current;
    private final Map<String, Context> named;

    private Contexts(Path file, String current, Map<String, Context> named) {
        this.file = file;
        this.current = current;
        this.named = new LinkedHashMap<>(named);
    }

    /** How one control plane is reached; an empty text is what holds without a context. */
    public record Context(String server, String tokenFile, String ca, String cert, String key) {
        public static final Context NONE = new Context("", "", "", "", "");
    }

    public static Contexts read(Console console) {
        var home = Path.of(System.getProperty("user.home", "."), ".config");
        // The XDG base directory specification: a relative value is to be ignored.
        var config = Path.of(console.variable("XDG_CONFIG_HOME", home.toString()));
        var file = (config.isAbsolute() ? config : home).resolve("outrigger/contexts.json");
        try {
            var json = JSON.readTree(Files.readString(file));
            var named = new LinkedHashMap<String, Context>();
            json.path("contexts")
                    .properties()
                    .forEach(one -> named.put(one.getKey(), context(one.getValue())));
            return new Contexts(file, json.path("current").asText(""), named);
        } catch (NoSuchFileException _) {
            return new Contexts(file, "", Map.of());
        } catch (JsonProcessingException e) {
            throw CliFailure.of(ExitCode.USAGE, file + " is not JSON: " + e.getOriginalMessage())
                    .withCause(e);
        } catch (IOException e) {
            throw CliFailure.of(ExitCode.NOT_FOUND, "cannot read " + file + ": " + e.getMessage())
                    .withCause(e);
        }
    }

    private static Context context(JsonNode json) {
        return new Context(
                json.path("server").asText(""),
                json.path("tokenFile").asText(""),
                json.path("ca").asText(""),
                json.path("cert").asText(""),
                json.path("key").asText(""));
    }

    public Map<String, Context> all() {
        return Map.copyOf(named);
    }

    /** The name of the one in use; empty if none is. */
    public String current() {
        return current;
    }

    public Optional<Context> find(String name) {
        return Optional.ofNullable(named.get(name));
    }

    public Context require(String name) {
        return find(name)
                .orElseThrow(() ->
                        CliFailure.of(
                                        ExitCode.NOT_FOUND,
                                        "there is no context '"
                                                + name
                                                + "'"
                                                + dev.outrigger.policy.document.NearestName.hint(
                                                        name, named.keySet()))
                                .withNext("see 'outrigger context ls'"));
    }

    /** The one in use, or {@link Context#NONE}. */
    public Context inUse() {
        return current.isEmpty() ? Context.NONE : require(current);
    }

    public Contexts with(String name, Context context) {
        var more = new LinkedHashMap<>(named);
        more.put(name, context);
        return new Contexts(file, current, more);
    }

    public Contexts without(String name) {
        var fewer = new LinkedHashMap<>(named);
        fewer.remove(name);
        return new Contexts(file, current.equals(name) ? "" : current, fewer);
    }

    public Contexts using(String name) {
        return new Contexts(file, name, named);
    }

    /** Readable by its owner only, and never half written. */
    public void write() {
        var root = JSON.createObjectNode().put("current", current);
        var all = root.putObject("contexts");
        named.forEach((name, context) -> {
            var one = all.putObject(name).put("server", context.server());
            Map.of(
                            "tokenFile", context.tokenFile(),
                            "ca", context.ca(),
                            "cert", context.cert(),
                            "key", context.key())
                    .forEach((field, value) -> {
                        if (!value.isEmpty()) {
                            one.put(field, value);
                        }
                    });
        });
        try {
            var folder = Files.createDirectories(file.toAbsolutePath().getParent());
            var fresh =
                    Files.createTempFile(
                            folder,
                            "contexts",
                            ".new",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, root.toPrettyString() + "\n");
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw CliFailure.of(
                            ExitCode.UNREACHABLE, "cannot write " + file + ": " + e.getMessage())
                    .withCause(e);
        }
    }
}
