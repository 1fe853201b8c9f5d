// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.AccessLogConfig;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * A proxy with a configuration in code, for tests and for trying something by hand: arguments are
 * the listener's port, the upstream's port, a port nobody listens on, and the access log file.
 */
public final class StaticProxy {
    private StaticProxy() {}

    public static void main(String[] args) throws Exception {
        int upstream = Integer.parseInt(args[1]);
        int nobody = Integer.parseInt(args[2]);
        var logs =
                List.of(
                        new AccessLogConfig(
                                new AccessLogConfig.Sink.File(args[3]),
                                new AccessLogConfig.Format.Text(
                                        "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%"
                                                + " %BYTES_RECEIVED% %BYTES_SENT%"
                                                + " %REQ(:METHOD)% %REQ(:PATH)%\n")));
        ListenerConfig listener =
                TestConfigs.listener(
                        Integer.parseInt(args[0]),
                        TestConfigs.manager(TestConfigs.comparisonTable(), logs),
                        1);
        var defaults = RequestPathOptions.defaults(1);
        var options =
                new RequestPathOptions(
                        1,
                        defaults.transport(),
                        defaults.clock(),
                        defaults.nanoTime(),
                        defaults.randoms(),
                        defaults.drainTime(),
                        true,
                        java.time.Duration.ofMillis(100),
                        defaults.fileFlushMinSizeBytes(),
                        "",
                        "",
                        defaults.runtime());
        var path = new NettyRequestPath(new StatsStore(2), options);
        path.prepareListener(listener);
        path.apply(
                TestConfigs.proxy(
                        listener,
                        TestConfigs.cluster("up", upstream),
                        TestConfigs.cluster("down", nobody),
                        TestConfigs.cluster("none")));
        path.startWorkers();
        var address = (InetSocketAddress) path.listeners().getFirst().localAddress();
        System.out.println("listening on " + address.getPort());
        Thread.currentThread().join();
    }
}
