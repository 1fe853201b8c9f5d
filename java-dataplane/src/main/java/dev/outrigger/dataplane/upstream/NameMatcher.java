// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import com.google.re2j.Pattern;
import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.message.Ascii;
import java.util.function.Predicate;

/** A condition on the name a health-checked host gives itself. Immutable. */
final class NameMatcher {
    private final Predicate<String> condition;

    NameMatcher(ValueMatch match) {
        condition =
                switch (match) {
                    case ValueMatch.Present(boolean _) -> _ -> true;
                    case ValueMatch.Exact(String value, boolean ignoreCase) ->
                            name -> fold(name, ignoreCase).equals(fold(value, ignoreCase));
                    case ValueMatch.Prefix(String value, boolean ignoreCase) ->
                            name -> fold(name, ignoreCase).startsWith(fold(value, ignoreCase));
                    case ValueMatch.Suffix(String value, boolean ignoreCase) ->
                            name -> fold(name, ignoreCase).endsWith(fold(value, ignoreCase));
                    case ValueMatch.Contains(String value, boolean ignoreCase) ->
                            name -> fold(name, ignoreCase).contains(fold(value, ignoreCase));
                    case ValueMatch.Regex(String value) -> {
                        Pattern pattern = Pattern.compile(value);
                        yield pattern::matches;
                    }
                    // Ranges are for headers only.
                    case ValueMatch.Range(long _, long _) -> _ -> false;
                };
    }

    private static String fold(String text, boolean ignoreCase) {
        return ignoreCase ? Ascii.lower(text) : text;
    }

    boolean matches(String name) {
        return condition.test(name);
    }
}
