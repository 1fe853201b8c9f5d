// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.headermutation;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.config.HeaderChange;
import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.HeaderEdits.AppendAction;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.SoundHeaders;
import dev.outrigger.dataplane.message.WireText;
import java.util.List;

/**
 * Changes of headers made one after another, each seeing what the ones before it left; compiled.
 * Immutable.
 */
public final class HeaderChanges {
    private static final byte[] COMMA = {','};

    private final Step[] steps;

    private HeaderChanges(Step[] steps) {
        this.steps = steps;
    }

    /** Compiles what the configuration lists. */
    public static HeaderChanges of(List<HeaderChange> changes) {
        return new HeaderChanges(changes.stream().map(Step::new).toArray(Step[]::new));
    }

    /** Makes them. */
    public void apply(HeaderBlock headers, FormatContext context) {
        for (Step step : steps) {
            step.apply(headers, context);
        }
    }

    /** One change of headers. */
    private static final class Step {
        private final byte[] name;
        private final boolean remove;
        private final AppendAction action;
        private final boolean keepEmpty;
        private final FormatValue value;
        private final boolean unsound;

        Step(HeaderChange change) {
            switch (change) {
                case HeaderChange.Append(HeaderEdits.Add edit) -> {
                    name = WireText.bytes(edit.name());
                    remove = false;
                    action = edit.action();
                    keepEmpty = edit.keepEmptyValue();
                    value = FormatValue.of(edit.value());
                }
                case HeaderChange.Remove(String header) -> {
                    name = WireText.bytes(header);
                    remove = true;
                    action = AppendAction.APPEND_IF_EXISTS_OR_ADD;
                    keepEmpty = false;
                    value = FormatValue.of("");
                }
            }
            unsound =
                    !SoundHeaders.isName(name)
                            || !SoundHeaders.isValue(Ascii.bytes(value.literal()));
        }

        void apply(HeaderBlock headers, FormatContext context) {
            if (remove) {
                headers.remove(name);
                return;
            }
            byte[] text = Ascii.bytes(value.render(context));
            if (text.length == 0 && !keepEmpty) {
                return;
            }
            if (unsound || (value.format() != null && !SoundHeaders.isValue(text))) {
                headers.doubt();
            }
            boolean there = headers.find(name, 0) >= 0;
            switch (action) {
                case APPEND_IF_EXISTS_OR_ADD -> append(headers, text);
                case ADD_IF_ABSENT -> {
                    if (!there) {
                        headers.add(name, text);
                    }
                }
                case OVERWRITE_IF_EXISTS -> {
                    if (there) {
                        overwrite(headers, text);
                    }
                }
                case OVERWRITE_IF_EXISTS_OR_ADD -> overwrite(headers, text);
            }
        }

        private void overwrite(HeaderBlock headers, byte[] text) {
            headers.remove(name);
            headers.add(name, text);
        }

        private void append(HeaderBlock headers, byte[] text) {
            int id = KnownHeader.of(name);
            int entry = headers.isInline(id) ? headers.find(id) : -1;
            if (entry >= 0) {
                headers.join(entry, COMMA, text);
            } else {
                headers.add(name, text);
            }
        }
    }
}
