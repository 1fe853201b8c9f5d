// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of all stages of this process, made when the first is asked for: what proxies
 * say of them is the same on each. Any thread.
 */
final class Certificates {
    /** One of the names in the server's certificate. */
    static final String SERVER_NAME = "server.example.com";

    private static @Nullable Identities made;
    private static @Nullable Shown shown;

    private Certificates() {}

    static String certificate(String who) {
        return identities().certificate(who);
    }

    static String key(String who) {
        return identities().key(who);
    }

    /**
     * Shows the server's certificate and takes peers with any of ours. It knows of no earlier
     * session: whether a ticket comes in time to be used is a race.
     */
    static SSLContext context() {
        try {
            var context = SSLContext.getInstance("TLS");
            var shown = shown();
            context.init(shown.keys(), shown.trusted(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no TLS", e);
        }
    }

    /** Read once: reading a key takes longer than a handshake. */
    private static synchronized Shown shown() {
        var known = shown;
        if (known == null) {
            try {
                known =
                        new Shown(
                                identities().of("server").toKeyManagerFactory(),
                                identities().of("ca").toTrustManagerFactory());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("a key that cannot be read", e);
            }
            shown = known;
        }
        return known;
    }

    private record Shown(KeyManagerFactory server, TrustManagerFactory authority) {
        KeyManager[] keys() {
            return server.getKeyManagers();
        }

        TrustManager[] trusted() {
            return authority.getTrustManagers();
        }
    }

    private static synchronized Identities identities() {
        Identities known = made;
        if (known == null) {
            try {
                Path folder = Files.createTempDirectory("certificates");
                known = new Identities(folder);
                try (var files = Files.list(folder)) {
                    folder.toFile().deleteOnExit();
                    // Files registered later are deleted first.
                    files.forEach(each -> each.toFile().deleteOnExit());
                }
            } catch (Exception e) {
                throw new IllegalStateException("no certificates", e);
            }
            made = known;
        }
        return known;
    }
}
