// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of all stages of this process, made when the first is asked for: what proxies
 * say of them is the same on each. Any thread.
 */
final class Certificates {
    private static @Nullable Identities made;

    private Certificates() {}

    static String certificate(String who) {
        return identities().certificate(who);
    }

    static String key(String who) {
        return identities().key(who);
    }

    /** Of an upstream that shows the server's certificate and takes callers with any of ours. */
    static ServerSocketFactory server() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(
                    identities().of("server").toKeyManagerFactory().getKeyManagers(),
                    identities().of("ca").toTrustManagerFactory().getTrustManagers(),
                    null);
            return context.getServerSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
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
