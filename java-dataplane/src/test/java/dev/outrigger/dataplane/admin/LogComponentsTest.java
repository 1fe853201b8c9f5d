// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LogComponentsTest {
    private static final Path ROOMS = Path.of("src/main/java/dev/outrigger/dataplane");

    @Test
    void everyPackageIsPrintedAsOneOfEnvoysLoggersAndChangedByIt() throws IOException {
        try (var rooms = Files.list(ROOMS)) {
            assertThat(rooms.filter(Files::isDirectory).map(each -> each.getFileName().toString()))
                    .isNotEmpty()
                    .allSatisfy(room -> {
                        String logger = "dev.outrigger.dataplane." + room;
                        String component = LogComponents.of(logger + ".Any");

                        assertThat(component).isNotEqualTo("misc");
                        assertThat(LogComponents.isKnown(component)).isTrue();
                        assertThat(LogComponents.loggers(component)).contains(logger);
                    });
        }
    }

    @Test
    void aComponentThatIsPartOfAPackageChangesIt() {
        assertThat(LogComponents.loggers("pool"))
                .containsExactly("dev.outrigger.dataplane.upstream");
        assertThat(LogComponents.loggers("grpc"))
                .contains("io.grpc", "dev.outrigger.dataplane.ads");
        assertThat(LogComponents.loggers("kafka")).isEmpty();
    }

    @Test
    void linesOfLibrariesAreMiscellaneous() {
        assertThat(LogComponents.of("io.netty.channel.Foo")).isEqualTo("misc");
        assertThat(LogComponents.of("io.grpc.Foo")).isEqualTo("grpc");
    }
}
