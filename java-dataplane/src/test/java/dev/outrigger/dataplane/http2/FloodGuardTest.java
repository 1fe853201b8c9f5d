// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.dataplane.config.Http2Options;
import dev.outrigger.dataplane.telemetry.StatsStore;
import org.junit.jupiter.api.Test;

class FloodGuardTest {
    private final StatsStore store = new StatsStore(1);
    private final Http2Stats stats = new Http2Stats(store);
    private final FloodGuard guard = new FloodGuard(Http2Options.DEFAULT, stats, store.shard(0));

    @Test
    void endsTheConnectionAfterAHundredPrioritiesForEachStream() throws Exception {
        guard.onStream();
        for (int i = 0; i < 200; i++) {
            guard.onPriority();
        }
        assertThatThrownBy(guard::onPriority).hasMessage("http2.inbound_priority_frames_flood");
        assertThat(store.value(stats.priorityFlood)).isEqualTo(1);
    }

    @Test
    void allowsWindowUpdatesInProportionToWhatWasSent() throws Exception {
        guard.onDataSent();
        for (int i = 0; i < 25; i++) {
            guard.onWindowUpdate();
        }
        assertThatThrownBy(guard::onWindowUpdate)
                .hasMessage("http2.inbound_window_update_frames_flood");
    }

    @Test
    void forgivesOneEmptyFrameAtATime() throws Exception {
        guard.onMessageFrame(true, false);
        guard.onMessageFrame(false, false);
        guard.onMessageFrame(true, false);
        assertThatCode(() -> guard.onMessageFrame(true, true)).doesNotThrowAnyException();
        guard.onMessageFrame(true, false);
        assertThatThrownBy(() -> guard.onMessageFrame(true, false))
                .hasMessage("http2.inbound_empty_frames_flood");
    }

    @Test
    void countsOnlyWhatAPeerDoesNotRead() {
        for (int i = 0; i < 1000; i++) {
            assertThat(guard.onQueued(true, false)).isEmpty();
        }
        assertThat(guard.onQueued(true, true)).isEmpty();
        for (int i = 0; i < 1000; i++) {
            assertThat(guard.onQueued(true, false)).isEmpty();
        }
        assertThat(guard.onQueued(true, false)).isEqualTo("http2.outbound_control_frames_flood");
    }
}
