// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter;

import dev.outrigger.dataplane.config.OnDemand;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Routes that requests ask for: from their event loops to the main loop and back. */
public final class OnDemandRoutes {
    private final Executor loop;
    private final IntFunction<Executor> workers;
    private @Nullable Source source;

    /** Asks for routes; main loop. */
    @FunctionalInterface
    public interface Source {
        /**
         * @param answered run once on the main loop, after what came of it is in use
         * @return gives up waiting
         */
        Runnable request(OnDemand wanted, Runnable answered);
    }

    /** Somebody who waits; confined to the event loop that asked. */
    public final class Load {
        private final Executor worker;
        private final Runnable callback;
        private boolean cancelled;

        /** Main loop. */
        private Runnable giveUp = () -> {};

        private Load(Executor worker, Runnable callback) {
            this.worker = worker;
            this.callback = callback;
        }

        /** The callback is not called any more. */
        public void cancel() {
            cancelled = true;
            loop.execute(() -> giveUp.run());
        }

        private void complete() {
            worker.execute(() -> {
                if (!cancelled) {
                    callback.run();
                }
            });
        }
    }

    /**
     * @param loop runs tasks on the main loop
     * @param workers the event loop of a worker by its index
     */
    public OnDemandRoutes(Executor loop, IntFunction<Executor> workers) {
        this.loop = loop;
        this.workers = workers;
    }

    /** Whom to ask; main loop, before the first request. */
    public void use(Source asked) {
        source = asked;
    }

    /**
     * Asks for routes.
     *
     * @param worker whose event loop this is
     * @param callback run there when they have come or are known not to exist, unless cancelled
     */
    public Load load(OnDemand wanted, int worker, Runnable callback) {
        var load = new Load(workers.apply(worker), callback);
        loop.execute(() -> {
            if (source != null) {
                load.giveUp = source.request(wanted, load::complete);
            }
        });
        return load;
    }
}
