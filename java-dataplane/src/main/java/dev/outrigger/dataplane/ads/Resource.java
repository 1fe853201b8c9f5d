// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

/**
 * One resource as it came: bytes with a type. The array is shared and must not be changed.
 *
 * @param name as the delta protocol states it; empty where only the content knows it (SotW)
 * @param version the resource's own version (delta) or the response's (SotW)
 * @param typeUrl of the content
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by identity on purpose: content is hashed.
public record Resource(String name, String version, String typeUrl, byte[] value) {
    @Override
    public String toString() {
        return "Resource[" + typeUrl + " " + name + " version=" + version + "]";
    }
}
