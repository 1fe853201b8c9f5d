// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.console;

import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A line that says what is waited for and for how long, where somebody is watching, and that is
 * gone when the wait is over. Otherwise it costs nothing.
 */
public final class Progress implements AutoCloseable {
    private static final String CLEAR = "\r\u001b[K";
    private static final Progress UNSEEN = new Progress(() -> {});

    private final Runnable end;

    private Progress(Runnable end) {
        this.end = end;
    }

    /** Calls something every second until its answer is run. */
    @FunctionalInterface
    interface Seconds {
        Runnable each(Runnable call);
    }

    /** {@code what} is being waited for from now on. */
    public static Progress of(Console console, String what) {
        return of(console, what, Progress::tick);
    }

    static Progress of(Console console, String what, Seconds seconds) {
        if (!console.isWatched()) {
            return UNSEEN;
        }
        var passed = new AtomicInteger();
        var stop =
                seconds.each(
                        () -> show(console, CLEAR + what + " " + passed.incrementAndGet() + " s"));
        return new Progress(() -> {
            stop.run();
            show(console, CLEAR);
        });
    }

    private static void show(Console console, String text) {
        console.err().print(text);
        console.err().flush();
    }

    private static Runnable tick(Runnable call) {
        var timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("progress").factory());
        var _ = timer.scheduleAtFixedRate(call, 1, 1, TimeUnit.SECONDS);
        return timer::shutdownNow;
    }

    @Override
    public void close() {
        end.run();
    }
}
