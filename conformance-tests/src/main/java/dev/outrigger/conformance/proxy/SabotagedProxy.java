// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A proxy that is right but for one thing. A comparison that does not notice it is worth nothing.
 */
public record SabotagedProxy(ProxyUnderTest honest, Sabotage sabotage) implements ProxyUnderTest {
    private static final Pattern RETRIES =
            Pattern.compile("(?m)^(cluster\\.(?:g\\d+_)?[ab]\\.upstream_rq_retry): (\\d+)$");

    @Override
    public String name() {
        return honest.name() + "-without-" + sabotage;
    }

    @Override
    public String flavor() {
        return honest.flavor();
    }

    @Override
    public RunningProxy start(Path bootstrap, Path workdir, Duration logFlush) throws IOException {
        return new Running(honest.start(bootstrap, workdir, logFlush), sabotage);
    }

    @Override
    public Verdict validate(Path bootstrap, Path workdir) throws IOException {
        return honest.validate(bootstrap, workdir);
    }

    private static final class Running implements RunningProxy {
        private final RunningProxy honest;
        private final Sabotage sabotage;
        private final Map<String, Relay> relays = new LinkedHashMap<>();
        private final AtomicLong lies = new AtomicLong();

        Running(RunningProxy honest, Sabotage sabotage) throws IOException {
            this.honest = honest;
            this.sabotage = sabotage;
            for (var listener : honest.listenerPorts().entrySet()) {
                relays.put(listener.getKey(), Relay.start(listener.getValue(), sabotage));
            }
        }

        @Override
        public Map<String, Integer> listenerPorts() {
            var ports = new LinkedHashMap<String, Integer>();
            relays.forEach((name, relay) -> ports.put(name, relay.port()));
            return ports;
        }

        @Override
        public int adminPort() {
            return honest.adminPort();
        }

        @Override
        public AdminReply admin(String method, String path) throws IOException {
            var reply = honest.admin(method, path);
            if (sabotage != Sabotage.STATISTIC) {
                return reply;
            }
            // More each time, so that a difference of two readings is wrong as well.
            long lie = lies.incrementAndGet();
            var body =
                    RETRIES.matcher(reply.body())
                            .replaceAll(match ->
                                    Matcher.quoteReplacement(
                                            match.group(1)
                                                    + ": "
                                                    + (Long.parseLong(match.group(2)) + lie)));
            return new AdminReply(reply.status(), reply.contentType(), body);
        }

        @Override
        public String output() {
            return honest.output();
        }

        @Override
        public void close() {
            try {
                for (var relay : relays.values()) {
                    relay.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                honest.close();
            }
        }
    }
}
