// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a client has of one type, said as what is different from the newest snapshot: nothing, for a
 * client that is up to date, whatever the number of resources. A change costs what changed.
 * Confined to its stream.
 *
 * <p>A name that the client subscribes to and that is not apart is as the snapshot has it: the same
 * version, or known to be absent.
 */
final class Holdings {
    private final Subscriptions subscriptions;

    /** Null until there is a snapshot. */
    private @Nullable TypeResources newest;

    /** Null when nothing is, which for most streams is most of the time. */
    private @Nullable Map<String, Held> apart;

    private int modifications;

    Holdings(Subscriptions subscriptions) {
        this.subscriptions = subscriptions;
    }

    /** Grows with every change, so that what follows from the state need not be found out again. */
    int modifications() {
        return modifications;
    }

    /** What an advance brought. */
    enum News {
        NONE,
        CHANGES,
        /** And perhaps changes. */
        REMOVALS
    }

    @Nullable TypeResources newest() {
        return newest;
    }

    @Nullable VersionedResource target(String name) {
        return newest == null ? null : newest.get(name);
    }

    boolean isUpToDate() {
        return apart == null;
    }

    /** The names that are apart; to be iterated before anything is changed. */
    Map<String, Held> apart() {
        return apart == null ? Map.of() : apart;
    }

    Held held(String name) {
        var deviation = apart == null ? null : apart.get(name);
        return deviation == null ? settled(newest, name) : deviation;
    }

    private static Held settled(@Nullable TypeResources resources, String name) {
        var resource = resources == null ? null : resources.get(name);
        return resource == null ? Held.NOTHING : Held.of(resource);
    }

    /** There are newer resources. */
    News advance(TypeResources next) {
        if (next == newest) {
            return News.NONE;
        }
        var before = newest;
        newest = next;
        modifications++;
        if (before == null) {
            begin(next);
            return News.REMOVALS;
        }
        var news = News.NONE;
        for (String name : suspects(before, next)) {
            if (!subscriptions.contains(name)) {
                continue;
            }
            var now = next.get(name);
            var held = apart == null ? null : apart.get(name);
            put(name, held == null ? settled(before, name) : held);
            if (now == null) {
                news = News.REMOVALS;
            } else if (news == News.NONE) {
                news = News.CHANGES;
            }
        }
        return news;
    }

    /** Whatever may differ: few names are looked up, rather than two snapshots compared. */
    private Collection<String> suspects(TypeResources before, TypeResources next) {
        boolean few = !subscriptions.isWildcard() && subscriptions.names().size() < 16;
        if (!few) {
            return next.changedSince(before);
        }
        var names = new ArrayList<String>();
        for (String name : subscriptions.names().asList()) {
            var old = before.get(name);
            var now = next.get(name);
            if (old == null ? now != null : now == null || !old.version().equals(now.version())) {
                names.add(name);
            }
        }
        return names;
    }

    /** The first snapshot, for what was subscribed to before there was one. */
    private void begin(TypeResources first) {
        if (subscriptions.isWildcard()) {
            first.byName().keySet().forEach(name -> mutable().putIfAbsent(name, Held.ASKED));
        }
        for (Map.Entry<String, Held> entry : List.copyOf(apart().entrySet())) {
            put(entry.getKey(), entry.getValue());
        }
    }

    /** What the client has, unless that is what it should have. */
    void put(String name, Held held) {
        if (newest != null && held.is(newest.get(name))) {
            settle(name);
        } else {
            mutable().put(name, held);
        }
    }

    /** The client is sent, or told, what the snapshot has. */
    void settle(String name) {
        if (apart != null && apart.remove(name) != null) {
            modifications++;
            if (apart.isEmpty()) {
                apart = null; // An emptied table would keep its size.
            }
        }
    }

    void settleIf(Predicate<String> condition) {
        if (apart != null && apart.keySet().removeIf(condition)) {
            modifications++;
            if (apart.isEmpty()) {
                apart = null;
            }
        }
    }

    void settleAll() {
        modifications++;
        apart = null;
    }

    /**
     * Subscribed to by name, perhaps again: it is sent either way, since the client may have
     * dropped it in between.
     */
    void ask(String name, boolean covered) {
        var held = covered ? held(name) : Held.NOTHING;
        var target = target(name);
        // Under the snapshot's own name, not to keep a whole request because of its names.
        mutable()
                .put(
                        target == null ? name : target.name(),
                        held.isThere() ? held.inDoubt() : Held.ASKED);
    }

    /** Subscribed to everything; what it subscribed to by name before it has. */
    void askAll(Predicate<String> covered) {
        if (newest != null) {
            for (VersionedResource resource : newest.byName().values()) {
                if (!covered.test(resource.name())) {
                    mutable(newest.size()).put(resource.name(), Held.ASKED);
                }
            }
        }
    }

    /** What the client has will be sent again. */
    void resend(Iterable<String> names) {
        for (String name : names) {
            if (!name.isEmpty() && subscriptions.contains(name)) {
                var held = held(name);
                if (held.isThere()) {
                    mutable().put(name, held.inDoubt());
                }
            }
        }
    }

    private Map<String, Held> mutable() {
        return mutable(1);
    }

    /**
     * @param expected so many will be apart
     */
    private Map<String, Held> mutable(int expected) {
        modifications++;
        var map = apart;
        if (map == null) {
            map = HashMap.newHashMap(expected);
            apart = map;
        }
        return map;
    }

    /** A client with a subscription has nothing, and nothing exists. */
    boolean isVoid() {
        return apart == null && Objects.requireNonNull(newest, "newest").size() == 0;
    }
}
