// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import dev.outrigger.cli.process.ChildProcess;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The control plane as a process of its own, so that it can be killed and comes back: when it ends
 * on its own accord or by a signal it is started again on the same ports with the same store.
 */
final class ControlPlaneProcess implements AutoCloseable {
    private static final int MAX_RESTARTS = 20;
    private static final long PAUSE_MILLIS = 300;

    /** Starts the process, the first time and again. */
    interface Start {
        ChildProcess run() throws IOException;
    }

    /** Told each time a new process was started. */
    interface Restarted {
        void run() throws InterruptedException;
    }

    private final Start start;
    private final Consumer<String> notes;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile ChildProcess child;
    private volatile boolean supervised;

    private ControlPlaneProcess(Start start, Consumer<String> notes, ChildProcess child) {
        this.start = start;
        this.notes = notes;
        this.child = child;
    }

    static ControlPlaneProcess start(Start start, Consumer<String> notes) throws IOException {
        return new ControlPlaneProcess(start, notes, start.run());
    }

    long pid() {
        return child.pid();
    }

    /** Why it will not come any more; empty while it runs or will be started again. */
    Optional<String> obituary() {
        return supervised ? Optional.empty() : child.obituary();
    }

    /**
     * From here on it is started again when it ends. Called once, after it has been ready.
     *
     * @param restarted waits for the new process and tells of it
     */
    void supervise(Restarted restarted) {
        supervised = true;
        Thread.ofVirtual().name("control-plane-supervisor").start(() -> keepAlive(restarted));
    }

    @Override
    public void close() {
        closing.countDown();
        child.close();
    }

    private void keepAlive(Restarted restarted) {
        try {
            for (int restarts = 0; restarts < MAX_RESTARTS; restarts++) {
                child.awaitExit();
                // The pause also lets a Ctrl-C, which reaches every process at once, get here.
                if (closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                    return;
                }
                notes.accept(
                        "the control plane (process "
                                + child.pid()
                                + ") has ended; starting it again on the same store");
                child = start.run();
                if (closing.getCount() == 0) {
                    child.close();
                    return;
                }
                restarted.run();
            }
            supervised = false;
        } catch (IOException e) {
            supervised = false;
            notes.accept("the control plane cannot be started again: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
