// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.xdsresources;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import java.lang.reflect.InvocationTargetException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Message types by the name a document gives, found among Envoy's API classes one by one: all of
 * them together are some ten thousand classes. Any thread.
 */
final class NamedTypes {
    /** Whatever is not such a name is not looked for. */
    private static final Pattern NAME =
            Pattern.compile("(envoy|xds|udpa|google)(\\.[A-Za-z][A-Za-z0-9_]*){2,12}");

    private static final Map<String, String> JAVA_PREFIXES =
            Map.of(
                    "envoy", "io.envoyproxy.",
                    "xds", "com.github.",
                    "udpa", "com.github.",
                    "google", "com.");

    private static final Map<String, Descriptor> FOUND = new ConcurrentHashMap<>();

    /**
     * Every type found so far, for the parser and the printer of protobuf's JSON. One for the
     * process: it reaches all the files that a type's file imports, which is no work for each
     * document. Replaced whole.
     */
    private static volatile Registry registry = Registry.of(Set.of());

    private NamedTypes() {}

    /** What the parser can be given, and of which types it was made. */
    private record Registry(Set<Descriptor> made, TypeRegistry types) {
        static Registry of(Set<Descriptor> made) {
            return new Registry(made, TypeRegistry.newBuilder().add(made).build());
        }
    }

    /** One that knows these types at least. */
    static TypeRegistry registryOf(Collection<Descriptor> types) {
        var now = registry;
        return now.made().containsAll(types) ? now.types() : extended(types);
    }

    private static synchronized TypeRegistry extended(Collection<Descriptor> types) {
        var made = new HashSet<>(registry.made());
        // Bounded likewise; made anew only for a type that nobody has named before.
        if (made.addAll(types)) {
            registry = Registry.of(Set.copyOf(made));
        }
        return registry.types();
    }

    /** The type of a URL such as {@code type.googleapis.com/envoy.config.cluster.v3.Cluster}. */
    static Optional<Descriptor> find(String typeUrl) {
        var name = typeUrl.substring(typeUrl.lastIndexOf('/') + 1);
        var known = FOUND.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        if (!NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        var found = load(name);
        // Bounded by the number of types there are.
        found.ifPresent(type -> FOUND.put(name, type));
        return found;
    }

    private static Optional<Descriptor> load(String name) {
        var prefix = JAVA_PREFIXES.get(name.substring(0, name.indexOf('.')));
        try {
            // Not initialised before it is known to be a message and nothing else.
            var type = Class.forName(prefix + name, false, NamedTypes.class.getClassLoader());
            if (!Message.class.isAssignableFrom(type)) {
                return Optional.empty();
            }
            var descriptor = (Descriptor) type.getMethod("getDescriptor").invoke(null);
            return Optional.ofNullable(descriptor)
                    .filter(found -> found.getFullName().equals(name));
        } catch (ClassNotFoundException | NoSuchMethodException | LinkageError e) {
            return Optional.empty(); // A wrong case may name a file that exists: LinkageError.
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("getDescriptor of a generated message: " + name, e);
        }
    }
}
