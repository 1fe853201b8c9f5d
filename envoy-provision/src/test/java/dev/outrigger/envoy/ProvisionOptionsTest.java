// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProvisionOptionsTest {
    @Test
    void wantsThePinnedVersionFromTheUsersCacheByDefault() {
        var options = ProvisionOptions.from(Map.of());

        assertThat(options.version()).isEqualTo(EnvoyVersion.PINNED);
        assertThat(options.explicitPath()).isEmpty();
        assertThat(options.cacheRoot())
                .isEqualTo(Path.of(System.getProperty("user.home"), ".cache", "outrigger"));
        assertThat(options.offline()).isFalse();
        assertThat(options.containers()).isTrue();
    }

    @Test
    void readsTheEnvironment() {
        var options =
                ProvisionOptions.from(
                        Map.of(
                                "OUTRIGGER_ENVOY", "/opt/envoy",
                                "OUTRIGGER_ENVOY_VERSION", "1.39.3",
                                "OUTRIGGER_ENVOY_OFFLINE", "1",
                                "OUTRIGGER_ENVOY_CONTAINER", "no",
                                "XDG_CACHE_HOME", "/var/cache/me",
                                "PATH", "/usr/bin:relative::/bin"));

        assertThat(options.explicitPath()).contains(Path.of("/opt/envoy"));
        assertThat(options.version()).hasToString("1.39.3");
        assertThat(options.offline()).isTrue();
        assertThat(options.containers()).isFalse();
        assertThat(options.cacheRoot()).isEqualTo(Path.of("/var/cache/me/outrigger"));
        assertThat(options.searchPath()).containsExactly(Path.of("/usr/bin"), Path.of("/bin"));
    }

    @Test
    void ignoresARelativeCacheFolderAsTheSpecificationAsks() {
        assertThat(ProvisionOptions.from(Map.of("XDG_CACHE_HOME", "cache")).cacheRoot())
                .isAbsolute();
    }

    @Test
    void rejectsASwitchThatIsNeitherOnNorOff() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProvisionOptions.from(Map.of("OUTRIGGER_ENVOY_OFFLINE", "maybe")))
                .withMessage("OUTRIGGER_ENVOY_OFFLINE: 'maybe' (expected: 1 or 0)");
    }

    @Test
    void namesTheWheelOfEachPlatform() {
        assertThat(ProvisionOptions.platformTag("Linux", "amd64"))
                .contains("manylinux_2_31_x86_64");
        assertThat(ProvisionOptions.platformTag("Linux", "aarch64"))
                .contains("manylinux_2_31_aarch64");
        assertThat(ProvisionOptions.platformTag("Mac OS X", "aarch64"))
                .contains("macosx_15_0_arm64");
        assertThat(ProvisionOptions.platformTag("Mac OS X", "x86_64")).isEmpty();
        assertThat(ProvisionOptions.platformTag("Linux", "riscv64")).isEmpty();
        assertThat(ProvisionOptions.platformTag("Windows 11", "amd64")).isEmpty();
    }
}
