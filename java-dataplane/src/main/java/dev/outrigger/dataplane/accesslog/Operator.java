// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.message.StreamInfo;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** One piece of a format. Immutable. */
sealed interface Operator {
    void append(StringBuilder out, FormatContext context);

    /** Whether there is nothing to append but the mark for it. */
    default boolean isMissing(FormatContext context) {
        return false;
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

    /** A number of the stream's; negative for missing. */
    record Numeric(ToLongFunction<StreamInfo> source, String missing) implements Operator {
        @Override
        public boolean isMissing(FormatContext context) {
            return source.applyAsLong(context.info()) < 0;
        }

        @Override
        public void append(StringBuilder out, FormatContext context) {
            long value = source.applyAsLong(context.info());
            if (value < 0) {
                out.append(missing);
            } else {
                out.append(value);
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
