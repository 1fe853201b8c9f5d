// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import io.helidon.common.tls.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates that follow their files: what changed is used for every handshake from then on,
 * connections stay. Files that cannot be used, or do not belong together yet, leave what was there.
 * Contents are compared, as time stamps have too coarse a resolution. Confined to one thread at a
 * time.
 */
final class TlsReload {
    private static final Logger log = LoggerFactory.getLogger(TlsReload.class);

    private final ApiSecurity.ServerFiles files;
    private final Consumer<Tls> server;
    private final ApiMetrics metrics;
    private List<byte[]> current;
    private String problem = "";

    /**
     * @param server is told of new certificates
     */
    TlsReload(ApiSecurity.ServerFiles files, Consumer<Tls> server, ApiMetrics metrics) {
        this.files = files;
        this.server = server;
        this.metrics = metrics;
        this.current = readOrNothing();
    }

    /** Looks at the files now; what is wrong with them is logged once and counted each time. */
    void check() {
        try {
            var read = read();
            if (isSame(read, current)) {
                problem = "";
                return;
            }
            server.accept(ApiTls.tls(files));
            current = read;
            problem = "";
            metrics.certificateReloaded("reloaded");
            log.info("API certificate reloaded file={}", files.certificate());
        } catch (IOException | RuntimeException e) {
            metrics.certificateReloaded("failed");
            String why = String.valueOf(e.getMessage());
            if (!why.equals(problem)) {
                problem = why;
                log.warn("API certificate not reloaded, the one before stays reason={}", why);
            }
        }
    }

    private List<byte[]> read() throws IOException {
        var contents = new ArrayList<byte[]>();
        for (Path file : paths()) {
            contents.add(Files.readAllBytes(file));
        }
        return contents;
    }

    /** Nothing if they are being replaced right now; the first check reads them again then. */
    private List<byte[]> readOrNothing() {
        try {
            return read();
        } catch (IOException _) {
            return List.of();
        }
    }

    private List<Path> paths() {
        var paths = new ArrayList<>(List.of(files.certificate(), files.key()));
        files.clientAuthorities().ifPresent(paths::add);
        return paths;
    }

    private static boolean isSame(List<byte[]> one, List<byte[]> other) {
        if (one.size() != other.size()) {
            return false;
        }
        for (int i = 0; i < one.size(); i++) {
            if (!Arrays.equals(one.get(i), other.get(i))) {
                return false;
            }
        }
        return true;
    }
}
