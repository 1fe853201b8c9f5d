// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.testing;

import dev.outrigger.envoy.Envoy;
import dev.outrigger.envoy.EnvoyProvision;
import dev.outrigger.envoy.ProvisionOptions;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Assumptions;

/** The stock Envoy of the pinned version that tests compare with. */
@NullMarked
public final class TestEnvoy {
    private TestEnvoy() {}

    /** Skips the test, visibly, where there is none; under {@code CI=true} that is a failure. */
    public static Envoy require() {
        Optional<Envoy> found =
                EnvoyProvision.forTests(
                        ProvisionOptions.fromEnvironment().withProgress(System.err::println),
                        Optional.ofNullable(System.getenv("CI")).orElse(""));
        Assumptions.assumeTrue(found.isPresent(), "no Envoy: the lines above say what was tried");
        return found.orElseThrow();
    }
}
