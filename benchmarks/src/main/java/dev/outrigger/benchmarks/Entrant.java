// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import dev.outrigger.benchmarks.contender.Instance;
import dev.outrigger.benchmarks.machine.CpuTime;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who is put under load: a running proxy, or nobody at all (requests then go straight to
 * the upstream, which shows what the generator can do).
 */
record Entrant(String name, int port, @Nullable Instance instance) {

    static final String DIRECT = "direct";

    static Entrant of(Instance instance) {
        return new Entrant(instance.name(), instance.port(), instance);
    }

    static Entrant direct(int upstreamPort) {
        return new Entrant(DIRECT, upstreamPort, null);
    }

    CpuTime cpuTime() throws IOException {
        return instance == null ? new CpuTime(0, 0, 0) : CpuTime.ofTree(instance.process());
    }
}
