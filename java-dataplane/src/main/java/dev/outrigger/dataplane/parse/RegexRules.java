// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.outrigger.dataplane.re2.ProgramSize;
import dev.outrigger.dataplane.runtime.RuntimeKeys;
import dev.outrigger.dataplane.runtime.RuntimeSnapshot;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which regular expressions are refused: those RE2 does not compile, and those too large. */
final class RegexRules {
    private static final Logger log = LoggerFactory.getLogger(RegexRules.class);

    private static final long DEFAULT_ERROR_LEVEL = 100;

    /** Envoy keeps both levels in 32 bits, whatever the runtime says. */
    private static final long LEVEL_MASK = 0xFFFFFFFFL;

    private RegexRules() {}

    /** The syntax and the size of a matcher's pattern. */
    @SuppressWarnings("deprecation") // control planes still send google_re2
    static void check(RegexMatcher proto, String path, Findings findings) {
        String regex = proto.getRegex();
        String at = FieldPaths.join(path, "regex");
        if (!checkSyntax(regex, at, findings)) {
            return;
        }
        OptionalInt size = ProgramSize.of(regex);
        if (size.isEmpty()) {
            findings.invalid(at, regex, "pattern too large - compile failed");
            return;
        }
        if (proto.getGoogleRe2().hasMaxProgramSize()) {
            long max = Values.unsigned(proto.getGoogleRe2().getMaxProgramSize());
            if (size.getAsInt() > max) {
                findings.invalid(at, regex, tooLarge(regex, size.getAsInt(), max, ""));
            }
            return;
        }
        Supplier<RuntimeSnapshot> runtime = findings.context().runtime();
        if (runtime != null) {
            checkLevels(regex, size.getAsInt(), runtime.get(), at, findings);
        }
    }

    private static void checkLevels(
            String regex, int size, RuntimeSnapshot runtime, String at, Findings findings) {
        long error = runtime.integer(RuntimeKeys.RE2_ERROR_LEVEL, DEFAULT_ERROR_LEVEL) & LEVEL_MASK;
        if (size > error) {
            findings.invalid(
                    at, regex, tooLarge(regex, size, error, " set for the error level threshold"));
            return;
        }
        long warn = runtime.integer(RuntimeKeys.RE2_WARN_LEVEL, LEVEL_MASK) & LEVEL_MASK;
        if (size > warn) {
            log.warn("{}", tooLarge(regex, size, warn, " set for the warn level threshold"));
        }
    }

    private static String tooLarge(String regex, int size, long max, String level) {
        return "regex '"
                + regex
                + "' RE2 program size of "
                + size
                + " > max program size of "
                + max
                + level
                + ". Increase configured max program size if necessary.";
    }

    /** Reports a pattern RE2 would not compile, in RE2's words; gives whether it does. */
    static boolean checkSyntax(String regex, String path, Findings findings) {
        try {
            var _ = Pattern.compile(regex);
            return true;
        } catch (PatternSyntaxException e) {
            // re2j says "missing closing )" where RE2 says "missing )".
            String why = e.getDescription().replace("missing closing ", "missing ");
            findings.invalid(path, regex, why + ": " + regex);
            return false;
        }
    }
}
