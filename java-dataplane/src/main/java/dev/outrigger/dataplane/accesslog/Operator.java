// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.message.WireText;
import dev.outrigger.dataplane.telemetry.JsonText;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** One piece of a format. Immutable. */
sealed interface Operator
        permits Operator.Literal,
                Operator.Text,
                Operator.Numeric,
                Operator.Metadata,
                Operator.StartTime,
                Coalesce {
    void append(StringBuilder out, FormatContext context);

    /** Whether there is nothing to append but the mark for it. */
    default boolean isMissing(FormatContext context) {
        return false;
    }

    /** Appends the value as JSON writes it; only where it is not missing. */
    default void appendJson(StringBuilder out, FormatContext context) {
        out.append('"');
        appendJsonText(out, context);
        out.append('"');
    }

    /** Appends the value as part of a text of JSON. */
    default void appendJsonText(StringBuilder out, FormatContext context) {
        int from = out.length();
        append(out, context);
        JsonText.escapeBytes(out, from);
    }

    /** Text between operators. */
    record Literal(String text) implements Operator {
        @Override
        public void append(StringBuilder out, FormatContext context) {
            out.append(text);
        }
    }

    /** Reads a text; {@code null} for missing. */
    @FunctionalInterface
    interface TextSource {
        @Nullable String read(FormatContext context);
    }

    /**
     * @param maxLength longer values are cut
     * @param missing written in place of a missing value
     */
    record Text(TextSource source, int maxLength, String missing) implements Operator {
        @Override
        public boolean isMissing(FormatContext context) {
            return source.read(context) == null;
        }

        @Override
        public void append(StringBuilder out, FormatContext context) {
            String value = source.read(context);
            if (value == null) {
                out.append(missing);
            } else {
                out.append(value, 0, Math.min(value.length(), maxLength));
            }
        }
    }

    /** A number; negative for missing. */
    record Numeric(ToLongFunction<FormatContext> source, String missing) implements Operator {
        @Override
        public boolean isMissing(FormatContext context) {
            return source.applyAsLong(context) < 0;
        }

        @Override
        public void append(StringBuilder out, FormatContext context) {
            long value = source.applyAsLong(context);
            if (value < 0) {
                out.append(missing);
            } else {
                out.append(value);
            }
        }

        @Override
        public void appendJson(StringBuilder out, FormatContext context) {
            append(out, context);
        }
    }

    /** Reads a value of metadata; {@code null} for missing. */
    @FunctionalInterface
    interface MetadataSource {
        @Nullable MetadataValue read(FormatContext context);
    }

    /** Metadata: a text as it is, anything else as JSON. */
    record Metadata(MetadataSource source, int maxLength, String missing) implements Operator {
        @Override
        public boolean isMissing(FormatContext context) {
            return source.read(context) == null;
        }

        @Override
        public void append(StringBuilder out, FormatContext context) {
            String value = WireText.ofNullable(MetadataText.text(source.read(context)));
            if (value == null) {
                out.append(missing);
            } else {
                out.append(value, 0, Math.min(value.length(), maxLength));
            }
        }

        @Override
        public void appendJson(StringBuilder out, FormatContext context) {
            MetadataValue value = source.read(context);
            if (value instanceof MetadataValue.Text) {
                // Cut, as other texts are.
                Operator.super.appendJson(out, context);
            } else if (value != null) {
                out.append(WireText.of(MetadataText.json(value)));
            }
        }
    }

    /** The start of the exchange in Envoy's default form, written without a formatter. */
    record StartTime() implements Operator {
        @Override
        public void append(StringBuilder out, FormatContext context) {
            Timestamps.appendIsoMillis(out, context.info().startMillis());
        }
    }
}
