// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.console;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A line that says what is waited for and for how long, where somebody is watching, and that is
 * gone when the wait is over. Otherwise it costs nothing.
 */
public final class Progress implements AutoCloseable {
    private static final String CLEAR = "\r\u001b[K";

    private final Console console;
    private final AtomicInteger seconds = new AtomicInteger();
    private final @Nullable ScheduledExecutorService timer;

    private Progress(Console console, @Nullable ScheduledExecutorService timer) {
        this.console = console;
        this.timer = timer;
    }

    /** {@code what} is being waited for from now on. */
    public static Progress of(Console console, String what) {
        if (!console.isWatched()) {
            return new Progress(console, null);
        }
        var timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("progress").factory());
        var progress = new Progress(console, timer);
        timer.scheduleAtFixedRate(() -> progress.show(what), 1, 1, TimeUnit.SECONDS);
        return progress;
    }

    private void show(String what) {
        console.err().print(CLEAR + what + " " + seconds.incrementAndGet() + " s");
        console.err().flush();
    }

    @Override
    public void close() {
        if (timer != null) {
            timer.shutdownNow();
            console.err().print(CLEAR);
            console.err().flush();
        }
    }
}
