// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.config.DnsCacheConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Which caches of names clusters and listeners have. Whoever names one has to say the same of it as
 * the others do, also as the version it is to replace: they would share it. Main loop only.
 */
final class DnsCacheNames {
    private final List<Supplier<Stream<DnsCacheConfig>>> users = new ArrayList<>();

    /** Takes into account what that one tells whenever it is asked. */
    void addUser(Supplier<Stream<DnsCacheConfig>> user) {
        users.add(user);
    }

    /** Why these cannot be used, if so, in Envoy's words. */
    Optional<String> clash(Stream<DnsCacheConfig> wanted) {
        return wanted.filter(this::differs)
                .findFirst()
                .map(cache ->
                        "config specified DNS cache '"
                                + cache.name()
                                + "' with different settings");
    }

    private boolean differs(DnsCacheConfig wanted) {
        return users.stream()
                .flatMap(Supplier::get)
                .anyMatch(known -> known.name().equals(wanted.name()) && !known.equals(wanted));
    }
}
