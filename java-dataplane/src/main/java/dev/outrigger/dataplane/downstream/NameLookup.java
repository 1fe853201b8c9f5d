// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.ads.NameResolver;
import dev.outrigger.dataplane.config.DnsCacheConfig;
import dev.outrigger.dataplane.dnscache.DnsCaches;
import java.time.Duration;

/** The main loop and its resolver as caches of names use them. Main loop only. */
final class NameLookup implements DnsCaches.Lookup, DnsCaches.Clock {
    private final MainLoop loop;
    private NameResolver resolver =
            (_, answer) -> answer.accept(new NameResolver.Answer.Failed("nobody to ask"));

    NameLookup(MainLoop loop) {
        this.loop = loop;
    }

    /** Who is asked from now on. */
    void use(NameResolver names) {
        resolver = names;
    }

    @Override
    public long nanoTime() {
        return loop.nanoTime();
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        return loop.schedule(delay, task)::cancel;
    }

    @Override
    public void resolve(String name, DnsCacheConfig how, DnsCaches.Outcome outcome) {
        var query = new NameResolver.Query(name, how.lookupFamily(), how.resolver(), true);
        try {
            resolver.resolve(query, answer -> tell(answer, outcome));
        } catch (IllegalArgumentException _) {
            // Requests bring what is no name at all.
            outcome.failed("Misformatted domain name");
        }
    }

    private static void tell(NameResolver.Answer answer, DnsCaches.Outcome outcome) {
        switch (answer) {
            case NameResolver.Answer.Failed(var reason) -> outcome.failed(reason);
            case NameResolver.Answer.Found(var addresses, var ttl, var whyEmpty) -> {
                if (addresses.isEmpty()) {
                    outcome.none(whyEmpty);
                } else {
                    outcome.found(addresses, ttl.orElse(Duration.ZERO));
                }
            }
        }
    }
}
