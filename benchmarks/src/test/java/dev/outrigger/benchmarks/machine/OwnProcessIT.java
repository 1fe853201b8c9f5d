// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class OwnProcessIT {

    @Test
    void chargesWorkToTheProcessThatDoesIt() throws IOException {
        var self = ProcessHandle.current();
        var threads = ManagementFactory.getThreadMXBean();
        var before = CpuTime.ofTree(self);
        long mine = threads.getCurrentThreadCpuTime();
        long burn = TimeUnit.MILLISECONDS.toNanos(200);

        long sum = 0;
        while (threads.getCurrentThreadCpuTime() - mine < burn) {
            sum++;
        }

        assertThat(sum).isPositive();
        assertThat(CpuTime.ofTree(self).since(before).nanos()).isGreaterThanOrEqualTo(burn);
    }

    @Test
    void knowsWhoHoldsAPort() throws IOException {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var self = ProcessHandle.current();

            assertThat(PortOwner.isListening(self, listener.getLocalPort())).isTrue();
            assertThat(PortOwner.isListening(self, 1)).isFalse();
        }
    }

    @Test
    void readsItsOwnMemory() throws IOException {
        var memory = Memory.ofTree(ProcessHandle.current());

        assertThat(memory.rssKib()).isGreaterThan(10_000);
        assertThat(memory.anonymousKib()).isBetween(1_000L, memory.rssKib());
    }
}
