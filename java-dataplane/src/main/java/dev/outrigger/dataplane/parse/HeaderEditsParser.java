// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.HeaderEdits.Add;
import dev.outrigger.dataplane.config.HeaderEdits.AppendAction;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import java.util.ArrayList;
import java.util.List;

/** {@code *_headers_to_add} and {@code *_headers_to_remove} of any level (D1 to D6). */
@SuppressWarnings("deprecation") // control planes still send append
final class HeaderEditsParser {
    private static final SupportedFields HEADER =
            SupportedFields.of(HeaderValue.class, "header to add").obeyed("key", "value");

    static final SupportedFields HEADER_OPTION =
            SupportedFields.of(HeaderValueOption.class)
                    .nested("header", () -> HEADER)
                    .obeyed("append", "append_action", "keep_empty_value");

    private HeaderEditsParser() {}

    /**
     * @param path of the message that has both fields
     * @param side {@code request} or {@code response}
     */
    static HeaderEdits parse(
            List<HeaderValueOption> toAdd,
            List<String> toRemove,
            String path,
            String side,
            Findings findings) {
        var add = new ArrayList<Add>();
        String addPath = FieldPaths.join(path, side + "_headers_to_add");
        for (int i = 0; i < toAdd.size(); i++) {
            add.add(one(toAdd.get(i), FieldPaths.index(addPath, i), findings));
        }
        var remove = new ArrayList<String>();
        String removePath = FieldPaths.join(path, side + "_headers_to_remove");
        for (int i = 0; i < toRemove.size(); i++) {
            String name = Ascii.lower(toRemove.get(i));
            if (isProtected(name)) {
                findings.invalid(
                        FieldPaths.index(removePath, i),
                        name,
                        ":-prefixed or host headers may not be removed");
            }
            remove.add(name);
        }
        return add.isEmpty() && remove.isEmpty() ? HeaderEdits.NONE : new HeaderEdits(add, remove);
    }

    /** A list of additions outside routes. */
    static HeaderEdits additions(List<HeaderValueOption> toAdd, String path, Findings findings) {
        var add = new ArrayList<Add>();
        for (int i = 0; i < toAdd.size(); i++) {
            add.add(one(toAdd.get(i), FieldPaths.index(path, i), findings));
        }
        return add.isEmpty() ? HeaderEdits.NONE : new HeaderEdits(add, List.of());
    }

    static Add one(HeaderValueOption option, String path, Findings findings) {
        String name = Ascii.lower(option.getHeader().getKey());
        if (isProtected(name)) {
            findings.invalid(
                    FieldPaths.join(path, "header.key"),
                    name,
                    ":-prefixed or host headers may not be modified");
        }
        AppendAction action = action(option);
        if (option.hasAppend() && action != AppendAction.APPEND_IF_EXISTS_OR_ADD) {
            findings.invalid(
                    FieldPaths.join(path, "append_action"),
                    option.getAppendAction(),
                    "Both append and append_action are set and it's not allowed");
        }
        if (option.hasAppend() && !option.getAppend().getValue()) {
            action = AppendAction.OVERWRITE_IF_EXISTS_OR_ADD;
        }
        String value = OldHeaderFormats.translate(option.getHeader().getValue());
        FormatStrings.check(value, FieldPaths.join(path, "header.value"), findings);
        return new Add(name, value, action, option.getKeepEmptyValue());
    }

    private static AppendAction action(HeaderValueOption option) {
        return switch (option.getAppendAction()) {
            case ADD_IF_ABSENT -> AppendAction.ADD_IF_ABSENT;
            case OVERWRITE_IF_EXISTS_OR_ADD -> AppendAction.OVERWRITE_IF_EXISTS_OR_ADD;
            case OVERWRITE_IF_EXISTS -> AppendAction.OVERWRITE_IF_EXISTS;
            case APPEND_IF_EXISTS_OR_ADD, UNRECOGNIZED -> AppendAction.APPEND_IF_EXISTS_OR_ADD;
        };
    }

    private static boolean isProtected(String name) {
        return name.startsWith(":") || name.equals("host");
    }
}
