// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

/** Which exchanges are meant, compiled. Immutable. */
@FunctionalInterface
public interface LogFilter {
    /** Every exchange. */
    LogFilter ALWAYS = context -> true;

    boolean matches(FormatContext context);
}
