// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text that one thread writes and another one reads, as much as there is. */
final class TextPipe extends InputStream {
    private byte[] waiting = new byte[0];
    private boolean ended;
    private boolean broken;

    synchronized void add(String text) {
        byte[] more = text.getBytes(StandardCharsets.ISO_8859_1);
        int length = waiting.length;
        waiting = Arrays.copyOf(waiting, length + more.length);
        System.arraycopy(more, 0, waiting, length, more.length);
        notifyAll();
    }

    /** Nothing follows. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** What is not read yet is lost, and reading fails from now on. */
    synchronized void fail() {
        broken = true;
        notifyAll();
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
    }

    @Override
    public synchronized int read(byte[] into, int from, int most) throws IOException {
        while (waiting.length == 0) {
            if (broken) {
                throw new IOException("reset");
            }
            if (ended) {
                return -1;
            }
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        int count = Math.min(most, waiting.length);
        System.arraycopy(waiting, 0, into, from, count);
        waiting = Arrays.copyOfRange(waiting, count, waiting.length);
        return count;
    }
}
