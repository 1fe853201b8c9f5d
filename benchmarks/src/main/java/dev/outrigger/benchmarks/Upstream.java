// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import dev.outrigger.benchmarks.contender.Contender;
import dev.outrigger.benchmarks.contender.Instance;
import dev.outrigger.benchmarks.contender.NginxContender;
import dev.outrigger.benchmarks.contender.Sites;
import dev.outrigger.benchmarks.load.FixedAnswerMain;
import dev.outrigger.benchmarks.load.Line;
import dev.outrigger.benchmarks.load.Probe;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The one upstream behind every contender: nginx where it is installed, else the built-in server.
 */
record Upstream(Instance instance, String description) implements Closeable {

    static Upstream start(
            Optional<NginxContender> nginx,
            Path java,
            Sites sites,
            Cores cores,
            Plan plan,
            Probe probe)
            throws IOException, InterruptedException {
        var site = sites.next("upstream", 0);
        Contender.Launch launch;
        String description;
        if (nginx.isEmpty() && sites.line().upstream() != Line.Leg.HTTP1) {
            throw new IOException(
                    "the line " + sites.line().label() + " needs nginx as its upstream");
        }
        if (nginx.isPresent()) {
            launch = nginx.get().launchUpstream(site, plan.bodyBytes());
            description = nginx.get().version();
        } else {
            launch =
                    Contender.Launch.of(
                            java.toString(),
                            "-XX:+UseSerialGC",
                            "-Xmx64m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            FixedAnswerMain.class.getName(),
                            Integer.toString(site.port()),
                            Integer.toString(plan.bodyBytes()));
            description = "built-in (nginx is not installed)";
        }
        return new Upstream(
                Instance.start("upstream", launch, site, cores.surroundings(), probe), description);
    }

    int port() {
        return instance.port();
    }

    @Override
    public void close() throws IOException {
        instance.close();
    }
}
