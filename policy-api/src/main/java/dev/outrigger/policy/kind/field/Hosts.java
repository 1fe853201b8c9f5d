// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.field;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Host names and addresses. Nothing here asks a name server. */
public final class Hosts {
    private static final Pattern NAME =
            Pattern.compile(
                    "[A-Za-z0-9](?:[-A-Za-z0-9_]{0,61}[A-Za-z0-9])?"
                            + "(?:\\.[A-Za-z0-9](?:[-A-Za-z0-9_]{0,61}[A-Za-z0-9])?)*");
    private static final Pattern IPV4 =
            Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");
    private static final Pattern NUMERIC_END = Pattern.compile("(?:.*\\.)?[0-9]+");

    private Hosts() {}

    /** A DNS name in lower case, at most 253 characters, no wildcard, no trailing dot. */
    public static Optional<String> hostname(DocumentNode node) {
        var text = node.form(NAME).string(4_096);
        if (text.isPresent() && !isHostname(text.get())) {
            node.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(text.get())
                            + " is not a host name (expected: such as b.local.service)."
                            + wildcardHint(text.get()));
            return Optional.empty();
        }
        return text.map(name -> name.toLowerCase(Locale.ROOT));
    }

    /** As {@link #hostname}, or {@code *.} and a DNS name, which matches every name below it. */
    public static Optional<String> hostnameOrWildcard(DocumentNode node) {
        var text = node.string(4_096);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String name = text.get().startsWith("*.") ? text.get().substring(2) : text.get();
        if (!isHostname(name)) {
            node.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(text.get())
                            + " is not a host name (expected: such as b.local.service or"
                            + " *.local.service).");
            return Optional.empty();
        }
        return text.map(given -> given.toLowerCase(Locale.ROOT));
    }

    /** An IPv4 or IPv6 address as text; never a name. */
    public static Optional<String> ipAddress(DocumentNode node) {
        var text = node.string(256);
        if (text.isPresent() && parse(text.get()).isEmpty()) {
            String hint = isHostname(text.get()) ? " A name goes into 'endpoints.dns.host'." : "";
            node.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(text.get())
                            + " is not an IP address (expected: such as 10.0.0.7 or fd00::7)."
                            + hint);
            return Optional.empty();
        }
        return text;
    }

    /** An address a proxy listens on: as {@link #ipAddress}, without the hint at DNS. */
    public static Optional<String> listenAddress(DocumentNode node) {
        var text = node.string(256);
        if (text.isPresent() && parse(text.get()).isEmpty()) {
            node.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(text.get())
                            + " is not an IP address (expected: such as 127.0.0.1, 0.0.0.0 or ::).");
            return Optional.empty();
        }
        return text;
    }

    /** The address a text stands for, if it is one in its usual notation. */
    public static Optional<InetAddress> parse(String text) {
        boolean mayBeV6 = text.indexOf(':') >= 0 && text.indexOf('%') < 0 && text.indexOf('[') < 0;
        // InetAddress also takes "10.1" and "0x7f000001"; proxies would not agree on them.
        if (!IPV4.matcher(text).matches() && !mayBeV6) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static boolean isHostname(String text) {
        return text.length() <= 253
                && NAME.matcher(text).matches()
                && !NUMERIC_END.matcher(text).matches();
    }

    private static String wildcardHint(String text) {
        return text.startsWith("*") ? " Wildcards are not possible here." : "";
    }
}
