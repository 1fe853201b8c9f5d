// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.proxy;

import dev.outrigger.envoy.Envoy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A stock Envoy: the oracle. */
public record EnvoyProxy(Envoy envoy) implements ProxyUnderTest {

    @Override
    public String name() {
        return "envoy-" + envoy.version();
    }

    @Override
    public String flavor() {
        return "envoy";
    }

    @Override
    public RunningProxy start(Path bootstrap, Path workdir, Duration logFlush) throws IOException {
        return ProxyProcess.start(envoy::start, bootstrap, workdir, logFlush);
    }

    @Override
    public Verdict validate(Path bootstrap, Path workdir) throws IOException {
        return ProxyProcess.validate(envoy::start, bootstrap, workdir);
    }
}
