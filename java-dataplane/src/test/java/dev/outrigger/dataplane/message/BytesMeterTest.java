// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BytesMeterTest {
    private final BytesMeter meter = new BytesMeter();

    @Test
    void countsHeadsBeforeCompressionOnceMoreForEachThatFollows() {
        meter.headRead(5);
        meter.headRead(18);

        assertThat(meter.headerBytesReceived()).isEqualTo(23);
        assertThat(meter.decompressedHeaderBytesReceived()).isEqualTo(5 + 23);
    }

    @Test
    void goesOnFromWhatAnotherMeasured() {
        var before = new BytesMeter();
        before.received(7);
        before.sent(9);
        before.headSent(3);

        meter.received(100);
        meter.resume(before);
        meter.received(1);

        assertThat(meter.wireBytesReceived()).isEqualTo(8);
        assertThat(meter.wireBytesSent()).isEqualTo(9);
        assertThat(meter.headerBytesSent()).isEqualTo(3);
    }

    @Test
    void tellsFramesFromTheFieldsInThem() {
        meter.headerFrameReceived(20);
        meter.fieldsReceived(55);

        assertThat(meter.headerBytesReceived()).isEqualTo(20);
        assertThat(meter.decompressedHeaderBytesReceived()).isEqualTo(55);
    }
}
