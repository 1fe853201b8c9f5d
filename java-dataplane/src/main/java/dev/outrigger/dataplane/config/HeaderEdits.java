// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;

/** Header changes of one level (D1..D6). Names are lower case. */
public record HeaderEdits(List<Add> add, List<String> remove) {
    public static final HeaderEdits NONE = new HeaderEdits(List.of(), List.of());

    public HeaderEdits {
        add = List.copyOf(add);
        remove = List.copyOf(remove);
    }

    /**
     * @param value a format string with Envoy's command operators
     */
    public record Add(String name, String value, AppendAction action, boolean keepEmptyValue) {}

    public enum AppendAction {
        APPEND_IF_EXISTS_OR_ADD,
        ADD_IF_ABSENT,
        OVERWRITE_IF_EXISTS_OR_ADD,
        OVERWRITE_IF_EXISTS
    }
}
