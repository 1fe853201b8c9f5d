// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SupportedTablesTest {
    private static final Path PAGE = Path.of("..", "docs", "supported.md");

    /**
     * {@code mvn -pl java-dataplane test -Dtest=SupportedTablesTest -Dsupported.update} writes it.
     */
    @Test
    void pageForReadersIsWhatTheParsersSay() throws IOException {
        String expected = SupportedTables.markdown();
        if (System.getProperty("supported.update") != null) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, expected);
        }

        assertThat(PAGE).as("run with -Dsupported.update to write it").hasContent(expected);
    }

    @Test
    void listsOnlyFieldsThatTheirMessagesHave() {
        for (SupportedFields table : SupportedTables.all()) {
            assertThat(table.typeName()).isEqualTo(table.message().getFullName());
            for (FieldSupport field : table.fields()) {
                assertThat(table.message().findFieldByName(field.name()))
                        .as(table.typeName() + "." + field.name())
                        .isNotNull();
            }
        }
    }

    @Test
    void findsAnExtensionByItsName() {
        for (Descriptor type : SupportedTables.extensionTypes()) {
            assertThat(SupportedTables.extensionType(type.getFullName())).contains(type);
        }
        assertThat(SupportedTables.extensionType("envoy.config.bootstrap.v3.Bootstrap")).isEmpty();
    }

    @Test
    void registersOnlyTheExtensionsThatParsersRead() {
        assertThat(SupportedTables.extensionTypes()).hasSizeBetween(5, 100);
    }
}
