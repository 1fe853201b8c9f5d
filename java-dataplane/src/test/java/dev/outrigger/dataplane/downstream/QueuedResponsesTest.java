// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueuedResponsesTest {
    private final QueuedResponses queued = new QueuedResponses();

    @Test
    void isFullWithTwoThatWait() {
        queued.onEnd(true);
        assertThat(queued.isFull()).isFalse();

        queued.onEnd(true);
        assertThat(queued.isFull()).isTrue();
    }

    @Test
    void isEmptyOnceAllWasWritten() {
        queued.onEnd(true);
        queued.onEnd(true);
        queued.onFlush();

        assertThat(queued.isFull()).isFalse();
    }

    @Test
    void countsAnEndWithoutBytesUntilMoreIsWritten() {
        queued.onEnd(false);
        queued.onFlush();
        queued.onEnd(true);
        assertThat(queued.isFull()).isTrue();

        queued.onFlush();
        queued.onEnd(true);
        assertThat(queued.isFull()).isFalse();
    }
}
