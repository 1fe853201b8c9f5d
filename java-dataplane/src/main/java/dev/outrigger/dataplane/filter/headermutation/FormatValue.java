// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.headermutation;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.accesslog.FormatString;
import org.jspecify.annotations.Nullable;

/** A value with operators, or one that is always the same. */
record FormatValue(@Nullable FormatString format, String literal) {
    static FormatValue of(String text) {
        FormatString compiled = FormatString.parse(text, false);
        return compiled.isLiteral()
                ? new FormatValue(null, compiled.literalText())
                : new FormatValue(compiled, "");
    }

    String render(FormatContext context) {
        return format == null ? literal : format.render(context);
    }
}
