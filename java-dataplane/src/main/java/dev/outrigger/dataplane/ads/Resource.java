// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import java.util.List;

/**
 * One resource as it came: bytes with a type. The array is shared and must not be changed.
 *
 * @param name as the delta protocol states it; empty where only the content knows it (SotW)
 * @param version the resource's own version (delta) or the response's (SotW)
 * @param typeUrl of the content; empty for a name the server has nothing for
 * @param aliases other names the resource is asked for by
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by identity on purpose: content is hashed.
public record Resource(
        String name, String version, String typeUrl, byte[] value, List<String> aliases) {
    public Resource {
        aliases = List.copyOf(aliases);
    }

    /** One that has no other names. */
    public Resource(String name, String version, String typeUrl, byte[] value) {
        this(name, version, typeUrl, value, List.of());
    }

    /** Whether the server says that there is none. */
    public boolean isUnresolved() {
        return typeUrl.isEmpty();
    }

    @Override
    public String toString() {
        return "Resource[" + typeUrl + " " + name + " version=" + version + "]";
    }
}
