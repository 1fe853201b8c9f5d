// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The certificates of one stage, made when the first is asked for. Used by one thread. */
final class Certificates {
    private final Path folder;
    private @Nullable Identities made;

    Certificates(Path workdir) {
        this.folder = workdir.resolve("certificates");
    }

    String certificate(String who) {
        return identities().certificate(who);
    }

    String key(String who) {
        return identities().key(who);
    }

    /** Of an upstream that shows the server's certificate and takes callers with any of ours. */
    ServerSocketFactory server() {
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

    private Identities identities() {
        Identities known = made;
        if (known == null) {
            try {
                known = new Identities(Files.createDirectories(folder));
            } catch (Exception e) {
                throw new IllegalStateException("no certificates", e);
            }
            made = known;
        }
        return known;
    }
}
