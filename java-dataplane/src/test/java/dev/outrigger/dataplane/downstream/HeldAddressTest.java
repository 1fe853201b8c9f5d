// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeldAddressTest {
    @ParameterizedTest
    @CsvSource({"127.0.0.1, true", "127.0.0.1, false", "0.0.0.0, true", "0.0.0.0, false"})
    void nobodyConnectsBeforeAnotherSocketListensThere(String ip, boolean reusePort)
            throws IOException {
        try (var held = HeldAddress.hold(new InetSocketAddress(ip, 0), reusePort);
                var listening = new ServerSocket()) {
            int port = held.address().getPort();
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
                    .isInstanceOf(ConnectException.class);

            listening.setReuseAddress(true);
            listening.setOption(java.net.StandardSocketOptions.SO_REUSEPORT, reusePort);
            listening.bind(held.address());
            try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(client.isConnected()).isTrue();
            }
        }
    }

    @Test
    void cannotHoldWhereSomebodyListens() throws IOException {
        try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var taken = (InetSocketAddress) listening.getLocalSocketAddress();
            assertThatIOException()
                    .isThrownBy(() -> HeldAddress.hold(taken, false).close())
                    .isInstanceOf(BindException.class);
        }
    }
}
