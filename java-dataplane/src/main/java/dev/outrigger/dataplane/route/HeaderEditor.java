// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.accesslog.FormatString;
import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.HeaderEdits.AppendAction;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.SoundHeaders;
import dev.outrigger.dataplane.message.WireText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The header changes of all levels that apply to a message, in Envoy's order (D1..D4). Immutable.
 */
public final class HeaderEditor {
    public static final HeaderEditor NONE = new HeaderEditor(List.of());

    private static final byte[] COMMA = {','};

    private final Level[] levels;

    private HeaderEditor(List<HeaderEdits> edits) {
        var list = new ArrayList<Level>();
        for (HeaderEdits level : edits) {
            if (!level.add().isEmpty() || !level.remove().isEmpty()) {
                list.add(new Level(level));
            }
        }
        levels = list.toArray(Level[]::new);
    }

    /**
     * @param edits from the most specific level to the least; the last one applied wins
     */
    public static HeaderEditor of(List<HeaderEdits> edits) {
        for (HeaderEdits level : edits) {
            if (!level.add().isEmpty() || !level.remove().isEmpty()) {
                return new HeaderEditor(edits);
            }
        }
        return NONE;
    }

    public void apply(HeaderBlock headers, FormatContext context) {
        for (Level level : levels) {
            level.apply(headers, context);
        }
    }

    private static final class Level {
        private final byte[][] removes;
        private final Edit[] edits;

        Level(HeaderEdits config) {
            removes = config.remove().stream().map(WireText::bytes).toArray(byte[][]::new);
            edits = config.add().stream().map(Edit::new).toArray(Edit[]::new);
        }

        /** Removes; then what every edit sees is fixed; then overwrites; then appends (D2, D3). */
        void apply(HeaderBlock headers, FormatContext context) {
            for (byte[] name : removes) {
                headers.remove(name);
            }
            if (edits.length == 0) {
                return;
            }
            byte[] @Nullable [] values = new byte[edits.length][];
            for (int i = 0; i < edits.length; i++) {
                values[i] = edits[i].wanted(headers, context) ? edits[i].value(context) : null;
            }
            for (int i = 0; i < edits.length; i++) {
                byte[] value = values[i];
                if (value != null && edits[i].overwrites()) {
                    headers.remove(edits[i].name);
                    headers.add(edits[i].name, value);
                    edits[i].doubt(headers, value);
                }
            }
            for (int i = 0; i < edits.length; i++) {
                byte[] value = values[i];
                if (value != null && !edits[i].overwrites()) {
                    append(headers, edits[i].name, value);
                    edits[i].doubt(headers, value);
                }
            }
        }

        private static void append(HeaderBlock headers, byte[] name, byte[] value) {
            int id = KnownHeader.of(name);
            int entry = headers.isInline(id) ? headers.find(id) : -1;
            if (entry >= 0) {
                headers.join(entry, COMMA, value);
            } else {
                headers.add(name, value);
            }
        }
    }

    private static final class Edit {
        private final byte[] name;
        private final AppendAction action;
        private final boolean keepEmpty;
        private final @Nullable FormatString format;
        private final byte[] literal;
        private final boolean unsound;

        Edit(HeaderEdits.Add config) {
            name = WireText.bytes(config.name());
            action = config.action();
            keepEmpty = config.keepEmptyValue();
            FormatString compiled = FormatString.parse(config.value(), false);
            format = compiled.isLiteral() ? null : compiled;
            literal = compiled.isLiteral() ? Ascii.bytes(compiled.literalText()) : new byte[0];
            unsound = !SoundHeaders.isName(name) || !SoundHeaders.isValue(literal);
        }

        boolean overwrites() {
            return switch (action) {
                case OVERWRITE_IF_EXISTS_OR_ADD, OVERWRITE_IF_EXISTS -> true;
                case APPEND_IF_EXISTS_OR_ADD, ADD_IF_ABSENT -> false;
            };
        }

        boolean wanted(HeaderBlock headers, FormatContext context) {
            boolean applies =
                    switch (action) {
                        case APPEND_IF_EXISTS_OR_ADD, OVERWRITE_IF_EXISTS_OR_ADD -> true;
                        case ADD_IF_ABSENT -> headers.find(name, 0) < 0;
                        case OVERWRITE_IF_EXISTS -> headers.find(name, 0) >= 0;
                    };
            return applies && (keepEmpty || value(context).length > 0);
        }

        /** What the configuration wrote down was looked at when it was compiled. */
        void doubt(HeaderBlock headers, byte[] value) {
            if (unsound || (format != null && !SoundHeaders.isValue(value))) {
                headers.doubt();
            }
        }

        byte[] value(FormatContext context) {
            return format == null ? literal : Ascii.bytes(format.render(context));
        }
    }
}
