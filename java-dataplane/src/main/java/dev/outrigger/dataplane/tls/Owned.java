// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The context that is in use now, replaced as secrets change. Connections of a configuration that
 * was replaced may still be made, so it is not known when the last of them was: the context is
 * given back when nobody can reach its owner any more. Any thread.
 */
final class Owned<C extends TlsContext> {
    private static final Cleaner CLEANER =
            Cleaner.create(task -> {
                Thread thread = new Thread(task, "tls-contexts");
                thread.setDaemon(true);
                return thread;
            });

    private final AtomicReference<@Nullable C> current = new AtomicReference<>();

    /**
     * @param owner whose end is the end of the context
     */
    Owned(Object owner) {
        AtomicReference<@Nullable C> held = current;
        var _ = CLEANER.register(owner, () -> close(held.getAndSet(null)));
    }

    /** The newest, retained for its user; {@code null} while secrets are missing. */
    @Nullable C retained() {
        while (true) {
            C now = current.get();
            if (now == null || now.tryRetain()) {
                return now;
            }
        }
    }

    void replace(@Nullable C next) {
        close(current.getAndSet(next));
    }

    private static void close(@Nullable TlsContext context) {
        if (context != null) {
            context.release();
        }
    }
}
