// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestBufferTest {
    private final RequestBuffer buffer = new RequestBuffer();

    @AfterEach
    void releaseAll() {
        buffer.end();
    }

    @Test
    void saysOnceThatMoreHasComeThanMayBeKept() {
        buffer.begin(true, 4, 4);

        assertThat(buffer.add(bytes(4), false, null)).isFalse();
        assertThat(buffer.add(bytes(1), false, null)).isTrue();
        assertThat(buffer.add(bytes(1), false, null)).isFalse();
    }

    @Test
    void countsWhatWasKeptBeforeTheAnswerAsWell() {
        buffer.begin(true, 4, 4);
        assertThat(buffer.add(bytes(3), false, null)).isFalse();

        buffer.dropKept();

        assertThat(buffer.add(bytes(1), false, null)).isFalse();
        assertThat(buffer.add(bytes(1), false, null)).isTrue();
    }

    @Test
    void hasNoLimitWhereNothingIsKept() {
        buffer.begin(false, 4, 4);

        assertThat(buffer.add(bytes(5), false, null)).isFalse();
    }

    private static ByteBuf bytes(int count) {
        return Unpooled.wrappedBuffer(new byte[count]);
    }
}
