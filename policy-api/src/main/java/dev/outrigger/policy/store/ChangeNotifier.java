// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.model.PolicySet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners about new sets on one thread of its own. A slow listener misses sets in between,
 * never the last one; a listener that throws is logged and told again next time. Any thread.
 */
public final class ChangeNotifier implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ChangeNotifier.class);

    private final Object lock = new Object();
    private final Supplier<PolicySet> current;
    private final List<Registered> registered = new ArrayList<>();
    private final Thread thread;
    private boolean pending;
    private boolean closed;

    private ChangeNotifier(Supplier<PolicySet> current) {
        this.current = current;
        this.thread = Thread.ofPlatform().name("policy-changes").daemon().unstarted(this::run);
    }

    /** Starts the thread. */
    public static ChangeNotifier start(Supplier<PolicySet> current) {
        var notifier = new ChangeNotifier(current);
        notifier.thread.start();
        return notifier;
    }

    /** The listener is called soon with the current set. */
    public PolicySource.Registration register(Consumer<PolicySet> listener) {
        var entry = new Registered(listener);
        synchronized (lock) {
            registered.add(entry);
            pending = true;
            lock.notifyAll();
        }
        return () -> {
            synchronized (lock) {
                entry.active = false;
                registered.remove(entry);
            }
        };
    }

    /** There is a new set. */
    public void signal() {
        synchronized (lock) {
            pending = true;
            lock.notifyAll();
        }
    }

    /** Stops telling; a listener that is running is not interrupted. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
    }

    private void run() {
        while (awaitPending()) {
            PolicySet set = current.get();
            List<Registered> targets;
            synchronized (lock) {
                targets = List.copyOf(registered);
            }
            for (Registered target : targets) {
                tell(target, set);
            }
        }
    }

    /** False once closed. */
    private boolean awaitPending() {
        synchronized (lock) {
            while (!pending && !closed) {
                try {
                    lock.wait();
                } catch (InterruptedException _) {
                    closed = true;
                }
            }
            pending = false;
            return !closed;
        }
    }

    private static void tell(Registered target, PolicySet set) {
        boolean isNew = target.told == null || target.told.revision() != set.revision();
        if (!target.active || !isNew) {
            return;
        }
        target.told = set;
        try {
            target.listener.accept(set);
        } catch (RuntimeException | Error e) {
            // The next listener must hear of the revision whatever this one does.
            log.error("listener of policy changes failed revision={}", set.revision(), e);
        }
    }

    /** A listener; {@code told} is confined to the notifier's thread. */
    private static final class Registered {
        private final Consumer<PolicySet> listener;
        private @Nullable PolicySet told;
        private volatile boolean active = true;

        private Registered(Consumer<PolicySet> listener) {
            this.listener = listener;
        }
    }
}
