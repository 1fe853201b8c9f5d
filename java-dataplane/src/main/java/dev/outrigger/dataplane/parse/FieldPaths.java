// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

/** Paths of fields as Envoy writes them: {@code static_resources.clusters[0].name}. */
final class FieldPaths {
    private FieldPaths() {}

    static String join(String prefix, String field) {
        if (prefix.isEmpty()) {
            return field;
        }
        return field.isEmpty() ? prefix : prefix + "." + field;
    }

    static String index(String path, int index) {
        return path + "[" + index + "]";
    }

    static String key(String path, Object key) {
        return path + "[" + key + "]";
    }

    /** The key a path ends with, or nothing. */
    static String lastKey(String path) {
        return path.endsWith("]")
                ? path.substring(path.lastIndexOf('[') + 1, path.length() - 1)
                : "";
    }
}
