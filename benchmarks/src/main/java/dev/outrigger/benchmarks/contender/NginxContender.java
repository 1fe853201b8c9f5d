// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
    public Launch launch(Site site) throws IOException {
        return launch(site, NginxConfig.proxy(site));
    }

    /** The same program as upstream on the site's port. */
    public Launch launchUpstream(Site site, int bodyBytes) throws IOException {
        return launch(site, NginxConfig.upstream(site, bodyBytes));
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
