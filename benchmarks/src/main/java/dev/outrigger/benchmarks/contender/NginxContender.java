// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** nginx with one worker process. */
public final class NginxContender implements Contender {

    private final Path binary;

    public NginxContender(Path binary) {
        this.binary = binary;
    }

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Command.firstLineWith("version", binary.toString(), "-v");
    }

    @Override
    public WarmUpNeed warmUpNeed() {
        return WarmUpNeed.BRIEF;
    }

    @Override
    public Optional<String> objection(Line line, Surroundings surroundings) {
        if (surroundings.isSwapped()) {
            return Optional.of("takes new routes by new processes only");
        }
        return switch (line) {
            case HTTP2 -> Optional.of("speaks no HTTP/2 to an upstream, but for gRPC");
            case TCP -> Optional.of("its stream module is a package of its own");
            case HTTP1,
                    HTTP2_HTTP1,
                    GRPC,
                    GRPC_STREAM,
                    TLS,
                    TLS_HTTP2,
                    HANDSHAKE,
                    MTLS_UPSTREAM,
                    MTLS_HANDSHAKE ->
                    Optional.empty();
        };
    }

    @Override
    public Launch launch(Site site) throws IOException {
        return launch(site, NginxConfig.proxy(site));
    }

    /** The same program as upstream on the site's port. */
    public Launch launchUpstream(Site site, int bodyBytes) throws IOException {
        NginxConfig.writeAnswer(site, bodyBytes);
        return launch(site, NginxConfig.upstream(site));
    }

    private Launch launch(Site site, String config) throws IOException {
        var file = site.folder().resolve("nginx.conf");
        Files.writeString(file, config);
        return Launch.of(
                binary.toString(),
                "-p",
                site.folder().toString(),
                "-c",
                file.toString(),
                "-e",
                site.folder().resolve("error.log").toString());
    }
}
